import Crypto

/// The style sheet of all pages: tokens of the look, then elements, the frame, parts. No page has a style of its own.
enum PageStyle {
    /// Where it is; the name changes with what stands in it, so that browsers keep it for ever.
    static let path = "/assets/\(Hex.encode(Array(SHA256.digest(Array(text.utf8)).prefix(8))))-console.css"

    /// What stands in it.
    static let text = #"""
        /* Rapport console. 1 tokens, 2 elements, 3 frame, 4 parts, 5 pages, 6 narrow and other media.
           4 px grid; weights 400 and 600 only; borders, no shadows; no inline style anywhere (CSP). */

        /* 1 tokens */
        /* Chinese quotes, dashes, dots: full width, from a local Chinese font */
        @font-face{font-family:zhp;src:local("PingFang SC"),local("PingFangSC-Regular"),local("Microsoft YaHei"),local("Noto Sans CJK SC"),local("NotoSansCJKsc-Regular");unicode-range:U+2014,U+2018-201D,U+2026}
        :root{color-scheme:light dark;
        --ground:#f6f6f4;--surface:#fff;--sunk:#efefec;--line:#e4e4e0;--line2:#cbcbc6;--edge:#84868a;
        --ink:#1b1c1e;--ink2:#505358;--ink3:#63666b;
        --accent:#1a5cb0;--on-accent:#fff;--soft:#e7effa;
        --good:#126a37;--good-bg:#e5f3e9;--warn:#825000;--warn-bg:#fbf0d8;--bad:#ae241c;--bad-bg:#fbeae8;
        --scrim:rgb(20 21 23/.38);
        --s1:4px;--s2:8px;--s3:12px;--s4:16px;--s5:20px;--s6:24px;--s8:32px;
        --f0:12px;--f1:14px;--f2:16px;--f3:20px;--f4:28px;
        --lh:1.5;--lh-head:1.25;--r1:4px;--r2:6px;
        --row:32px;--ctl:32px;--nav:208px;
        --base:system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
        --mono:ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono CJK SC",monospace}
        [lang]{--font:var(--base)}
        :lang(zh){--lh:1.7;--lh-head:1.4;--font:zhp,var(--base)}
        [data-density=compact]{--row:28px;--ctl:28px;--f1:13px}
        @media (prefers-color-scheme:dark){:root{
        --ground:#141516;--surface:#1b1c1e;--sunk:#26282a;--line:#2e3033;--line2:#45484c;--edge:#787b80;
        --ink:#e8e8e6;--ink2:#b4b6ba;--ink3:#9a9da2;
        --accent:#86b5f5;--on-accent:#0d1a2b;--soft:#1e2c40;
        --good:#74c893;--good-bg:#17291e;--warn:#e6b25e;--warn-bg:#30260f;--bad:#f4938a;--bad-bg:#351d1c;
        --scrim:rgb(0 0 0/.6)}}

        /* 2 elements */
        *,::before,::after{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--surface);color:var(--ink);font:400 var(--f1)/var(--lh) var(--font);text-autospace:normal;text-spacing-trim:trim-start;line-break:strict;overflow-wrap:break-word}
        [lang]{font-family:var(--font)}
        h1,h2,h3,p,ul,ol,dl,dd,figure,fieldset,legend{margin:0;padding:0;border:0}
        ul,ol{list-style:none}
        h1,h2,h3,legend{font-weight:600;line-height:var(--lh-head)}
        h1{font-size:var(--f3)}h2,h3,legend{font-size:var(--f1)}
        h1,h2,h3{text-wrap-style:balance}
        p,li,dd{text-wrap-style:pretty}
        em{font-style:normal;font-weight:600}
        small,.meta{font-size:var(--f0);color:var(--ink3)}
        a{color:var(--accent);text-decoration:none}
        a:hover{text-decoration:underline;text-underline-offset:2px}
        p a,.u{text-decoration:underline;text-decoration-color:var(--line2);text-underline-offset:2px}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        svg.i{width:16px;height:16px;flex:none;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round;vertical-align:-3px}
        code{font:12px/1.5 var(--mono)}
        time,.n{font-variant-numeric:tabular-nums}time{white-space:nowrap}
        hr{border:0;border-top:1px solid var(--line);margin:var(--s4) 0}
        .vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

        button,.b,input,select,textarea{font:inherit;color:inherit}
        button,.b{display:inline-flex;align-items:center;justify-content:center;gap:var(--s2);min-height:var(--ctl);padding:0 var(--s3);border:1px solid var(--line2);border-radius:var(--r1);background:var(--surface);color:var(--ink);line-height:20px;white-space:nowrap;cursor:pointer}
        button:hover,.b:hover{background:var(--sunk);text-decoration:none}
        .b.pri{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600}
        .b.pri:hover{text-decoration:underline}
        .b.bad{color:var(--bad);border-color:var(--bad)}
        .b.q{border-color:transparent;background:none;padding:0 var(--s2);color:var(--ink2)}
        .b.q:hover{background:var(--sunk);color:var(--ink)}
        .b.ic{padding:0;width:var(--ctl)}
        .b[aria-pressed=true],.b[aria-current]{background:var(--sunk);color:var(--ink);font-weight:600}
        input:not([type=checkbox],[type=radio]),select,textarea{width:100%;min-height:var(--ctl);padding:var(--s1) var(--s2);border:1px solid var(--edge);border-radius:var(--r1);background:var(--surface);line-height:20px}
        textarea{display:block;line-height:var(--lh);resize:vertical}
        [type=checkbox],[type=radio]{width:16px;height:16px;margin:0;accent-color:var(--accent);vertical-align:-3px}
        label.c{display:inline-flex;gap:var(--s2);align-items:center;min-height:24px}
        .f>label{display:block;margin-bottom:var(--s1);font-weight:600}
        .f>small{display:block;margin-top:var(--s1)}
        [aria-invalid=true]{border-color:var(--bad)!important;box-shadow:inset 0 0 0 1px var(--bad)}
        summary{cursor:pointer;min-height:24px;width:fit-content;color:var(--accent)}
        summary.b{list-style:none;color:var(--ink2)}summary.b::-webkit-details-marker{display:none}

        /* tables: hairline under a row, no verticals, numbers to the right, unit once in the head */
        table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
        caption{text-align:left;padding:0 0 var(--s2)}
        th,td{height:var(--row);padding:var(--s1) var(--s2);text-align:left;vertical-align:middle;border-bottom:1px solid var(--line);line-height:20px}
        th{font-weight:400;color:var(--ink3)}
        thead th{height:28px;padding-top:0;font-size:var(--f0);white-space:nowrap;border-color:var(--line2);vertical-align:bottom}
        tbody th{color:inherit}
        :is(th,td):first-child{padding-left:0}:is(th,td):last-child{padding-right:0}
        .r{text-align:right!important;white-space:nowrap}
        .w{white-space:nowrap}
        :is(th,td) small{display:block;line-height:16px}
        :is(th,td):has(small:not(.ph)){padding-block:6px}[data-density=compact] :is(th,td){padding-block:2px}
        thead .t{font-size:var(--f1);font-weight:600;color:var(--ink)}
        tfoot :is(th,td),.rows tfoot td{border-bottom:0;color:var(--ink);font-weight:600}
        thead a,tbody th a,.rows td>a:not(.b){color:inherit}
        .rows td{color:var(--ink2)}.rows td.r{color:var(--ink)}
        th[aria-sort]{color:var(--ink);font-weight:600}
        .rows tbody tr:hover{background:var(--ground)}
        .rows tr:has([type=checkbox]:checked){background:var(--soft)}
        .scroll{overflow-x:auto}

        /* 3 frame */
        .skip{position:absolute;left:var(--s2);top:-48px;z-index:9;background:var(--surface);padding:var(--s2) var(--s3);border:1px solid var(--accent)}
        .skip:focus{top:var(--s2)}
        .app{display:grid;grid-template-columns:var(--nav) minmax(0,1fr);min-height:100vh}
        .bar{display:none}
        .nav{position:sticky;inset:0 auto auto 0;display:flex;flex-direction:column;gap:var(--s4);width:auto;height:100vh;margin:0;padding:var(--s4) var(--s3);overflow-y:auto;border:0;border-right:1px solid var(--line);background:var(--ground);color:var(--ink)}
        .nav .firm{padding:0 var(--s2);font-weight:600;line-height:20px}
        .nav .firm small{display:block;font-weight:400;line-height:20px}
        .nav .find{justify-content:space-between;width:100%;padding:0 var(--s2);color:var(--ink3)}
        .nav li a{display:flex;justify-content:space-between;align-items:center;gap:var(--s2);min-height:28px;padding:0 var(--s2);border-radius:var(--r1);color:var(--ink2);line-height:20px}
        .nav li a:hover{background:var(--sunk);text-decoration:none;color:var(--ink)}
        .nav [aria-current]{background:var(--soft);color:var(--accent)!important;font-weight:600}
        .nav li .n{font-size:var(--f0);color:var(--ink3);font-weight:400}
        .nav .st.bad{color:var(--bad)}
        .nav h2{padding:0 var(--s2) var(--s1);font-size:var(--f0);font-weight:400;color:var(--ink3)}
        .nav .me{margin-top:auto}
        main{min-width:0;max-width:1600px;padding:var(--s4) var(--s6) var(--s8)}
        main:focus{outline:0}
        .head{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s2) var(--s3);margin-bottom:var(--s4)}
        .head>:first-child{flex:1 1 auto;min-width:0}
        .head p{color:var(--ink2)}
        .acts,.line{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s2)}
        .line>a:not(.b){line-height:24px}.line.sp{justify-content:space-between}
        .crumb a{color:inherit;text-decoration:none}.crumb{font-size:var(--f0);color:var(--ink3);line-height:20px}
        .stack>*+*{margin-top:var(--s8)}
        section>h2,.sh{margin-bottom:var(--s2)}
        .sh{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:0 var(--s3)}
        .sh :is(a,small){font-size:var(--f0);line-height:24px}.sh a{min-width:24px;text-align:right}
        .ink2{color:var(--ink2)}
        .prose{max-width:68ch}:lang(zh) .prose{max-width:40em}

        /* 4 parts */
        /* status: word + shape (circle, triangle, diamond, ring, half) */
        .st{display:inline-flex;align-items:baseline;gap:6px}
        :is(td,th,.nav) .st{white-space:nowrap}
        .st::before{content:"";flex:none;width:8px;height:8px;background:currentColor;forced-color-adjust:none}
        .st.good{color:var(--good)}.st.good::before{border-radius:50%}
        .st.warn{color:var(--warn)}.st.warn::before{width:10px;height:9px;clip-path:polygon(50% 0,100% 100%,0 100%)}
        .st.bad{color:var(--bad)}.st.bad::before{width:10px;height:10px;clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)}
        .st.off{color:var(--ink2)}.st.off::before{background:none;border:1.5px solid;border-radius:50%}
        .st.wait{color:var(--ink2)}.st.wait::before{border:1.5px solid;border-radius:50%;background:linear-gradient(90deg,currentColor 50%,transparent 50%)}
        .tag{display:inline-block;padding:0 6px;border:1px solid var(--line2);border-radius:var(--r1);font-size:var(--f0);line-height:18px;color:var(--ink2);white-space:nowrap}
        /* notice: one line that says what and what to do */
        .note{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s1) var(--s3);padding:var(--s2) var(--s3);border-left:3px solid var(--line2);background:var(--ground);margin-bottom:var(--s4)}
        .note>p{flex:1 1 280px}
        .note.warn{border-color:var(--warn);background:var(--warn-bg)}
        .note.bad{border-color:var(--bad);background:var(--bad-bg)}
        .note.good{border-color:var(--good);background:var(--good-bg)}
        /* facts */
        .facts{display:grid;grid-template-columns:80px minmax(0,1fr);gap:var(--s1) var(--s4);line-height:20px}
        .facts dt{color:var(--ink3)}
        .facts dd{font-variant-numeric:tabular-nums}
        /* chips, views, tabs */
        .views{display:flex;gap:var(--s1);overflow-x:auto;border-bottom:1px solid var(--line);margin-bottom:var(--s3)}
        .views a{display:block;padding:6px var(--s2);line-height:20px;color:var(--ink2);white-space:nowrap;border-bottom:2px solid transparent}
        .views a:first-child{margin-left:calc(-1*var(--s2))}
        .views [aria-current]{color:var(--ink);font-weight:600;border-color:var(--accent)}
        .views .n{font-weight:400;color:var(--ink3);font-size:var(--f0);margin-left:4px}
        .views a:focus-visible,.nav a:focus-visible{outline-offset:-2px}

        /* 5 pages */
        .plain{display:grid;min-height:100vh;align-content:start;justify-items:center;padding:12vh var(--s4) var(--s8);background:var(--ground)}
        .plain>*{width:min(100%,400px)}
        .form>*+*{margin-top:var(--s4)}
        .plain .b.pri{width:100%;min-height:40px}

        /* 6 narrow and other media */
        .ph{display:none}
        @media (max-width:1200px){.p3{display:none}}
        @media (max-width:760px){
        .app{display:block}
        .bar{display:flex;position:sticky;top:0;z-index:3;align-items:center;justify-content:space-between;gap:var(--s2);padding:var(--s1) var(--s2);border-bottom:1px solid var(--line);background:var(--ground)}
        .bar b{flex:1;font-weight:600}
        .nav:not(:popover-open){display:none}
        .nav:popover-open{position:fixed;width:280px;height:100%;border-right:1px solid var(--edge)}
        .nav::backdrop{background:var(--scrim)}
        main{padding:var(--s4)}
        .p2,.p3{display:none}.ph{display:block}
        :is(th,td):has(small){padding-block:6px}
        thead th.r{white-space:normal}
        }
        @media (pointer:coarse){:root{--ctl:40px;--row:44px}.nav li a{min-height:44px}}
        @media (prefers-reduced-motion:no-preference){.skip{transition:top .1s}}
        @media (forced-colors:active){.b.pri,.nav [aria-current],.rows tr:has([type=checkbox]:checked){forced-color-adjust:none}.note{border-color:Highlight}.views a:not([aria-current]){border-color:Canvas}}
        @media print{.nav,.bar,.acts{display:none}.app{display:block}}
        .codes{display:grid;grid-template-columns:1fr 1fr;gap:var(--s1) var(--s4);font:14px/1.7 var(--mono)}
        .key{font:14px/1.5 var(--mono);overflow-wrap:anywhere}
        .narrow{max-width:480px}
        .find{display:flex;gap:var(--s2);margin-bottom:var(--s4)}
        .bullets li{margin:0 0 var(--s1) 1.2em;list-style:disc}
        .filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:var(--s3);align-items:start;max-width:960px;margin-bottom:var(--s6)}
        .filters>button{align-self:start;margin-top:25px;width:fit-content}:lang(zh) .filters>button{margin-top:28px}
        .find .b{flex:none}.b.wide{width:100%;min-height:40px}[hidden]{display:none!important}details .find{margin:var(--s2) 0 0}
        .cols{display:grid;grid-template-columns:minmax(0,1fr) 320px;gap:var(--s8)}
        .side{border-left:1px solid var(--line);padding-left:var(--s6)}
        .down{margin-top:var(--s4)}.down form{display:contents}
        .boxes{display:grid;grid-template-columns:repeat(auto-fill,minmax(176px,1fr));gap:0 var(--s4)}
        fieldset{min-width:0}legend{margin-bottom:var(--s1)}
        @media (max-width:760px){.cols{grid-template-columns:minmax(0,1fr)}.side{border:0;padding:0}}
        """#
}
