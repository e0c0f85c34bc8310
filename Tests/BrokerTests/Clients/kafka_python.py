"""kafka-python, 2.0.2 or newer: python kafka_python.py HOST:PORT"""
import sys
import time
import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

at = {'bootstrap_servers': sys.argv[1]}
is_old = kafka.__version__.startswith('2.0')
print('kafka-python', kafka.__version__)
admin = KafkaAdminClient(**at)

admin.create_topics([NewTopic('one', 1, 1), NewTopic('many', 4, 1)])
try:
    admin.create_topics([NewTopic('one', 1, 1)])
except TopicAlreadyExistsError:
    pass
else:
    raise AssertionError('made twice')
admin.create_partitions({'many': NewPartitions(6)})
assert {'one', 'many'} <= set(admin.list_topics())
change = {'retention.ms': '123456789'}
admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, 'one', configs=change)])
described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, 'one')])
assert '123456789' in str(described), described

codecs = [None, 'gzip', 'snappy', 'lz4', 'zstd']
place = TopicPartition('one', 0)
for number, codec in enumerate(codecs):
    settings = {} if is_old else {'enable_idempotence': True}
    producer = KafkaProducer(compression_type=codec, linger_ms=20, **settings, **at)
    sent = [producer.send('one', key=b'%d' % index, value=(codec or 'none').encode() * 20, partition=0,
                          headers=[('n', b'%d' % index), ('zwei', '双'.encode())],
                          timestamp_ms=1_700_000_000_000 + number * 100_000 + index) for index in range(500)]
    sent.append(producer.send('one', key=b'gone', value=None, partition=0,
                              timestamp_ms=1_700_000_000_000 + number * 100_000 + 500))
    producer.flush(20)
    assert [future.get(20).offset for future in sent] == list(range(number * 501, number * 501 + 501))
    producer.close()
reader = KafkaConsumer(auto_offset_reset='earliest', consumer_timeout_ms=3000, enable_auto_commit=False, **at)
reader.assign([place])
found = []
for message in reader:
    found.append(message)
    if len(found) == 2505:
        break
assert [message.offset for message in found] == list(range(2505)), len(found)
for number, codec in enumerate(codecs):
    message = found[number * 501 + 7]
    assert message.value == (codec or 'none').encode() * 20 and found[number * 501 + 500].value is None
    assert list(message.headers) == [('n', b'7'), ('zwei', '双'.encode())]
    assert message.timestamp == 1_700_000_000_000 + number * 100_000 + 7
assert reader.offsets_for_times({place: 1_700_000_000_250})[place].offset == 250
assert reader.offsets_for_times({place: 1_900_000_000_000})[place] is None
assert reader.beginning_offsets([place]) == {place: 0} and reader.end_offsets([place]) == {place: 2505}
reader.close()
print('records')


def member():
    found = KafkaConsumer(group_id='g', auto_offset_reset='earliest', session_timeout_ms=6000,
                          heartbeat_interval_ms=300, enable_auto_commit=False, **at)
    # Version 3.0.12 may become the group's leader before it has heard of the topic's partitions; it then shares out none, and takes
    # those that it hears of meanwhile for the ones it has shared out. Whoever asks first has heard of them.
    assert found.partitions_for_topic('many') == set(range(6))
    found.subscribe(['many'])
    return found


def take(consumer, seen):
    for messages in consumer.poll(100).values():
        seen += [message.value for message in messages]


def until(what, consumers, seen):
    end = time.time() + 40
    while not what():
        for consumer in consumers:
            take(consumer, seen)
        assert time.time() < end, 'too late'


producer = KafkaProducer(**at)


def write(label):
    for index in range(300):
        producer.send('many', key=b'%d' % index, value=f'{label} {index}'.encode())
    producer.flush(20)


seen = []
a = member()
write('alone')
until(lambda: len(set(seen)) == 300, [a], seen)
b = member()
# Each polls on its own while the other waits for it.
import threading
stop = threading.Event()
theirs = []
thread = threading.Thread(target=lambda: [take(b, theirs) for _ in iter(stop.is_set, True)])
thread.start()
until(lambda: len(a.assignment()) == 3 and len(b.assignment()) == 3, [a], seen)
write('both')
until(lambda: len(set(seen + theirs)) == 600, [a], seen)
a.commit()
stop.set()
thread.join()
b.commit()
b.close()
until(lambda: len(a.assignment()) == 6, [a], seen)
a.close()
again = member()
write('after')
rest = []
until(lambda: len(rest) >= 300, [again], rest)
take(again, rest)
assert sorted(rest) == sorted(f'after {index}'.encode() for index in range(300)), len(rest)
again.commit()
again.close()
print('group')

assert ('g', 'consumer') in [tuple(group)[:2] for group in admin.list_consumer_groups()] if is_old \
    else 'g' in str(admin.list_groups() if hasattr(admin, 'list_groups') else admin.list_consumer_groups())
describe = getattr(admin, 'describe_groups', None) or admin.describe_consumer_groups
assert 'Empty' in str(describe(['g'])), describe(['g'])
offsets = getattr(admin, 'list_group_offsets', None) or admin.list_consumer_group_offsets
found = offsets('g')
found = found.get('g', found)
assert sum(entry.offset for entry in found.values()) == 900, found
delete = getattr(admin, 'delete_groups', None) or admin.delete_consumer_groups
delete(['g'])
if not is_old:
    admin.delete_records({place: 1000})
    reader = KafkaConsumer(**at)
    assert reader.beginning_offsets([place]) == {place: 1000}
    reader.close()
    start = time.time()
    try:
        KafkaProducer(transactional_id='t', **at).init_transactions()
    except KafkaError as error:
        assert time.time() - start < 10
        print('transactions:', type(error).__name__)
    else:
        raise AssertionError('transactions are not offered')
admin.delete_topics(['one', 'many'])
print('all good')
