"""Signing in with each client that is installed: python signin.py HOST:PORT USER PASSWORD"""
import asyncio
import sys
import time

at, user, password = sys.argv[1:]


def confluent(mechanism, password):
    from confluent_kafka import KafkaError, Producer, libversion
    errors = []
    producer = Producer({'bootstrap.servers': at, 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': mechanism,
                         'sasl.username': user, 'sasl.password': password, 'log_level': 0,
                         'error_cb': errors.append})
    producer.produce('signed-in', b'x')
    end = time.time() + 10
    while producer.flush(0.1) and time.time() < end:
        if any(error.code() == KafkaError._AUTHENTICATION for error in errors):
            break
    left = len(producer)
    producer.purge()
    return 'librdkafka ' + libversion()[0], left == 0


def kafka_python(mechanism, password):
    import kafka
    import kafka.errors
    settings = dict(bootstrap_servers=at, security_protocol='SASL_PLAINTEXT', sasl_mechanism=mechanism,
                    sasl_plain_username=user, sasl_plain_password=password)
    if 'bootstrap_timeout_ms' in kafka.KafkaProducer.DEFAULT_CONFIG:
        # How long it goes on with a password that is wrong.
        settings['bootstrap_timeout_ms'] = 2000
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
