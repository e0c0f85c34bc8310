"""Signing in with each client that is installed: python signin.py HOST:PORT USER PASSWORD"""
import asyncio
import sys
import time

at, user, password = sys.argv[1:]


def confluent(mechanism, password):
    from confluent_kafka import Producer, libversion
    producer = Producer({'bootstrap.servers': at, 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': mechanism,
                         'sasl.username': user, 'sasl.password': password, 'log_level': 0,
                         'error_cb': lambda error: None})
    producer.produce('signed-in', b'x')
    left = producer.flush(5)
    producer.purge()
    return 'librdkafka ' + libversion()[0], left == 0


def kafka_python(mechanism, password):
    import kafka
    import kafka.errors
    settings = dict(bootstrap_servers=at, security_protocol='SASL_PLAINTEXT', sasl_mechanism=mechanism,
                    sasl_plain_username=user, sasl_plain_password=password)
    try:
        producer = kafka.KafkaProducer(**settings)
        producer.send('signed-in', b'x').get(5)
        producer.close()
    except kafka.errors.KafkaError:
        return 'kafka-python ' + kafka.__version__, False
    return 'kafka-python ' + kafka.__version__, True


def aio(mechanism, password):
    import aiokafka
    import aiokafka.errors

    async def send():
        producer = aiokafka.AIOKafkaProducer(
            bootstrap_servers=at, security_protocol='SASL_PLAINTEXT', sasl_mechanism=mechanism,
            sasl_plain_username=user, sasl_plain_password=password)
        try:
            await producer.start()
            await producer.send_and_wait('signed-in', b'x')
        except aiokafka.errors.KafkaError:
            return False
        finally:
            await producer.stop()
        return True

    return 'aiokafka ' + aiokafka.__version__, asyncio.run(asyncio.wait_for(send(), 10))


tried = 0
for client in (confluent, kafka_python, aio):
    for mechanism in ('PLAIN', 'SCRAM-SHA-256'):
        for word in (password, password + 'x'):
            start = time.time()
            try:
                name, is_in = client(mechanism, word)
            except ImportError:
                continue
            tried += 1
            print(name, mechanism, 'in' if is_in else 'refused', '%.1f s' % (time.time() - start))
            assert is_in == (word == password), (name, mechanism, word)
assert tried >= 8, tried
print('all good')
