import re,sys
def resolve(p, choose):
    s=open(p).read()
    n=[0]
    def f(m):
        n[0]+=1
        return choose(n[0]-1,m.group(1),m.group(2))
    s=re.sub(r'<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n',f,s,flags=re.S)
    open(p,'w').write(s)
