"""librdkafka by confluent-kafka: python confluent.py HOST:PORT"""
import subprocess
import sys
import time
from confluent_kafka import Consumer, KafkaException, OFFSET_BEGINNING, Producer, TopicPartition, libversion
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic, ResourceType

at = {'bootstrap.servers': sys.argv[1]}
if len(sys.argv) > 2:
    # A member that is going to be killed.
    doomed = Consumer({**at, 'group.id': sys.argv[2], 'session.timeout.ms': 2000, 'heartbeat.interval.ms': 300})
    doomed.subscribe(['many'])
    while True:
        doomed.poll(0.2)
        print(len(doomed.assignment()), flush=True)
print('librdkafka', libversion()[0])
admin = AdminClient(at)


def done(futures):
    for future in futures.values():
        future.result(20)


def refused(name, futures):
    """The futures fail with the error of this name."""
    for future in futures.values():
        try:
            future.result(20)
        except KafkaException as error:
            assert error.args[0].name() == name, error
        else:
            raise AssertionError(f'{name} expected')


def read(consumer, count, seconds=30):
    """Records until there are so many."""
    found, end = [], time.time() + seconds
    while len(found) < count and time.time() < end:
        for message in consumer.consume(500, 0.2):
            assert not message.error(), message.error()
            found.append(message)
    assert len(found) >= count, (len(found), count)
    return found


def consumer(group, **settings):
    return Consumer({**at, 'group.id': group, 'auto.offset.reset': 'earliest', 'session.timeout.ms': 6000,
                     'heartbeat.interval.ms': 300, 'check.crcs': True, **settings})


# Topics.
done(admin.create_topics([NewTopic('one', 1, 1), NewTopic('many', 4, 1)]))
refused('TOPIC_ALREADY_EXISTS', admin.create_topics([NewTopic('one', 1, 1)]))
refused('INVALID_REPLICATION_FACTOR', admin.create_topics([NewTopic('three', 1, 3)]))
refused('TOPIC_EXCEPTION', admin.create_topics([NewTopic('no good', 1, 1)]))
done(admin.create_partitions([NewPartitions('many', 6)]))
listed = admin.list_topics(timeout=10)
assert len(listed.topics['many'].partitions) == 6 and listed.cluster_id and len(listed.brokers) == 1, listed
resource = ConfigResource(ResourceType.TOPIC, 'one', set_config={'retention.ms': '123456789'})
done(admin.alter_configs([resource]))
configs = list(admin.describe_configs([resource]).values())[0].result(20)
assert configs['retention.ms'].value == '123456789' and not configs['retention.ms'].is_default

# Every codec, headers, keys, nothing at all, timestamps.
codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
for number, codec in enumerate(codecs):
    producer = Producer({**at, 'compression.type': codec, 'enable.idempotence': True, 'linger.ms': 20})
    for index in range(1000):
        producer.produce('one', key=str(index), value=codec.encode() * 20 + b' %d' % index, partition=0,
                         headers=[('codec', codec.encode()), ('empty', None), ('zwei', '双'.encode())],
                         timestamp=1_700_000_000_000 + number * 100_000 + index)
    producer.produce('one', key='gone', value=None, partition=0, timestamp=1_700_000_000_000 + number * 100_000 + 1000)
    assert producer.flush(20) == 0
reader = consumer('by-hand')
reader.assign([TopicPartition('one', 0, OFFSET_BEGINNING)])
found = read(reader, 5005)
assert [message.offset() for message in found] == list(range(5005))
for number, codec in enumerate(codecs):
    part = found[number * 1001:(number + 1) * 1001]
    assert all(message.headers()[0] == ('codec', codec.encode()) for message in part[:1000])
    assert part[7].headers()[1:] == [('empty', None), ('zwei', '双'.encode())]
    assert part[7].timestamp() == (1, 1_700_000_000_000 + number * 100_000 + 7)
    assert part[7].value() == codec.encode() * 20 + b' 7' and part[1000].value() is None
at_time = reader.offsets_for_times([TopicPartition('one', 0, 1_700_000_000_500)], timeout=10)
assert at_time[0].offset == 500, at_time
at_time = reader.offsets_for_times([TopicPartition('one', 0, 1_900_000_000_000)], timeout=10)
assert at_time[0].offset in (-1, 5005), at_time
assert reader.get_watermark_offsets(TopicPartition('one', 0), timeout=10) == (0, 5005)
reader.close()
print('records')

# Two members share; one leaves; one is killed: nothing is missed, and what was committed is not read again.
for strategy in ['range', 'cooperative-sticky']:
    group = 'group-' + strategy
    producer = Producer({**at, 'partitioner': 'murmur2'})

    def write(label, count=300):
        for index in range(count):
            producer.produce('many', key=str(index), value=f'{strategy} {label} {index}')
        assert producer.flush(20) == 0

    mine = lambda messages: [message.value() for message in messages if message.value().startswith(strategy.encode())]
    a, b = (consumer(group, **{'partition.assignment.strategy': strategy}) for _ in 'ab')
    a.subscribe(['many'])
    write('alone')
    seen = []
    while len(seen) < 300:
        seen += mine(a.consume(500, 0.2))
    b.subscribe(['many'])
    end = time.time() + 30
    while len(a.assignment()) != 3 or len(b.assignment()) != 3:
        seen += mine(a.consume(500, 0.1)) + mine(b.consume(500, 0.1))
        assert time.time() < end, (a.assignment(), b.assignment())
    write('both')
    end = time.time() + 30
    while len(set(seen)) < 600:
        seen += mine(a.consume(500, 0.1)) + mine(b.consume(500, 0.1))
        assert time.time() < end, len(set(seen))
    a.commit(asynchronous=False)
    b.close()
    end = time.time() + 30
    while len(a.assignment()) != 6:
        seen += mine(a.consume(500, 0.1))
        assert time.time() < end, a.assignment()
    a.close()
    again = consumer(group, **{'partition.assignment.strategy': strategy})
    again.subscribe(['many'])
    write('after')
    rest = []
    while len(rest) < 300:
        rest += mine(again.consume(500, 0.2))
    assert not again.consume(10, 0.5)
    positions = again.committed([TopicPartition('many', index) for index in range(6)], timeout=10)
    again.close()
    assert sorted(rest) == sorted(f'{strategy} after {index}'.encode() for index in range(300)), len(rest)
    assert len(set(seen)) == 600 and sum(p.offset for p in positions) >= 600
    print('group', strategy)

# A member is killed: when its session is over the other has all.
doomed = subprocess.Popen([sys.executable, __file__, sys.argv[1], 'killed'], stdout=subprocess.PIPE, text=True)
survivor = consumer('killed')
survivor.subscribe(['many'])
end = time.time() + 30
while len(survivor.assignment()) != 3:
    survivor.poll(0.1)
    assert time.time() < end, survivor.assignment()
doomed.kill()
while len(survivor.assignment()) != 6:
    survivor.poll(0.1)
    assert time.time() < end, survivor.assignment()
survivor.close()
print('killed')

# A static member comes back under its name without a rebalance.
static = consumer('static', **{'group.instance.id': 'x'})
static.subscribe(['many'])
read(static, 100)
static.close()
static = consumer('static', **{'group.instance.id': 'x'})
static.subscribe(['many'])
end = time.time() + 20
while not static.assignment():
    static.poll(0.2)
    assert time.time() < end
static.close()

# Groups.
if hasattr(admin, 'list_consumer_groups'):
    listed = admin.list_consumer_groups().result(20)
    assert {'group-range', 'static'} <= {group.group_id for group in listed.valid}, listed
    described = admin.describe_consumer_groups(['group-range'])['group-range'].result(20)
    assert described.state.name == 'EMPTY', described
    done(admin.delete_consumer_groups(['group-range']))
    refused('GROUP_ID_NOT_FOUND', admin.delete_consumer_groups(['group-range']))
if hasattr(admin, 'delete_records'):
    low = admin.delete_records([TopicPartition('one', 0, 1000)])
    assert list(low.values())[0].result(20).low_watermark == 1000
if hasattr(admin, 'list_offsets'):
    from confluent_kafka.admin import OffsetSpec
    newest = admin.list_offsets({TopicPartition('one', 0): OffsetSpec.max_timestamp()})
    assert list(newest.values())[0].result(20).offset == 5004, list(newest.values())[0].result(20).offset
if hasattr(admin, 'incremental_alter_configs'):
    from confluent_kafka.admin import AlterConfigOpType, ConfigEntry
    change = ConfigEntry('cleanup.policy', 'compact', incremental_operation=AlterConfigOpType.APPEND)
    resource = ConfigResource(ResourceType.TOPIC, 'many', incremental_configs=[change])
    done(admin.incremental_alter_configs([resource]))
    configs = list(admin.describe_configs([ConfigResource(ResourceType.TOPIC, 'many')]).values())[0].result(20)
    assert configs['cleanup.policy'].value == 'delete,compact', configs['cleanup.policy']
print('administration')

# A transactional producer is told at once that there are no transactions.
producer = Producer({**at, 'transactional.id': 't'})
start = time.time()
try:
    producer.init_transactions(30)
except KafkaException as error:
    assert error.args[0].fatal() and time.time() - start < 5, error
    print('transactions:', error.args[0].str())
else:
    raise AssertionError('transactions are not offered')

done(admin.delete_topics(['one', 'many']))
end = time.time() + 10
while {'one', 'many'} & set(admin.list_topics(timeout=10).topics):
    assert time.time() < end
    time.sleep(0.1)
print('all good')
