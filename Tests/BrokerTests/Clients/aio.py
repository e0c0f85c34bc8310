"""aiokafka: python aio.py HOST:PORT"""
import asyncio
import sys
import time
import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

at = {'bootstrap_servers': sys.argv[1]}
print('aiokafka', aiokafka.__version__)


def member():
    return AIOKafkaConsumer('many', group_id='g', auto_offset_reset='earliest', session_timeout_ms=6000,
                            heartbeat_interval_ms=300, enable_auto_commit=False, **at)


async def until(what, consumers, seen):
    end = time.time() + 40
    while not what():
        for consumer in consumers:
            for messages in (await consumer.getmany(timeout_ms=100)).values():
                seen += [message.value for message in messages]
        assert time.time() < end, 'too late'


async def main():
    admin = AIOKafkaAdminClient(**at)
    await admin.start()
    await admin.create_topics([NewTopic('one', 1, 1), NewTopic('many', 6, 1)])
    answer = await admin.create_topics([NewTopic('one', 1, 1)])
    assert answer.topic_errors[0][1] == TopicAlreadyExistsError.errno, answer

    codecs = [None, 'gzip', 'snappy', 'lz4', 'zstd']
    place = TopicPartition('one', 0)
    for number, codec in enumerate(codecs):
        async with AIOKafkaProducer(compression_type=codec, enable_idempotence=True, linger_ms=20, **at) as producer:
            sent = [await producer.send('one', key=b'%d' % index, value=(codec or 'none').encode() * 20, partition=0,
                                        headers=[('n', b'%d' % index)],
                                        timestamp_ms=1_700_000_000_000 + number * 100_000 + index)
                    for index in range(500)]
            await producer.flush()
            assert [(await future).offset for future in sent] == list(range(number * 500, number * 500 + 500))
    async with AIOKafkaConsumer(auto_offset_reset='earliest', enable_auto_commit=False, **at) as reader:
        reader.assign([place])
        found = []
        while len(found) < 2500:
            found.append(await asyncio.wait_for(reader.getone(), 20))
        assert [message.offset for message in found] == list(range(2500))
        for number, codec in enumerate(codecs):
            message = found[number * 500 + 7]
            assert message.value == (codec or 'none').encode() * 20 and message.headers == (('n', b'7'),)
            assert message.timestamp == 1_700_000_000_000 + number * 100_000 + 7
        assert (await reader.offsets_for_times({place: 1_700_000_000_250}))[place].offset == 250
        assert await reader.end_offsets([place]) == {place: 2500}
    print('records')

    async with AIOKafkaProducer(**at) as producer:
        async def write(label):
            for index in range(300):
                await producer.send('many', key=b'%d' % index, value=f'{label} {index}'.encode())
            await producer.flush()

        seen = []
        a, b = member(), member()
        await a.start()
        await write('alone')
        await until(lambda: len(set(seen)) == 300, [a], seen)
        await b.start()
        await until(lambda: len(a.assignment()) == 3 and len(b.assignment()) == 3, [a, b], seen)
        await write('both')
        await until(lambda: len(set(seen)) == 600, [a, b], seen)
        await a.commit()
        await b.commit()
        await b.stop()
        await until(lambda: len(a.assignment()) == 6, [a], seen)
        await a.stop()
        rest = []
        async with member() as again:
            await write('after')
            await until(lambda: len(rest) >= 300, [again], rest)
            await again.commit()
        assert sorted(rest) == sorted(f'after {index}'.encode() for index in range(300)), len(rest)
    print('group')

    assert 'g' in str(await admin.list_consumer_groups())
    offsets = await admin.list_consumer_group_offsets('g')
    assert sum(entry.offset for entry in offsets.values()) == 900, offsets
    start = time.time()
    producer = AIOKafkaProducer(transactional_id='t', **at)
    try:
        await asyncio.wait_for(producer.start(), 10)
    except KafkaError as error:
        print('transactions:', type(error).__name__)
    else:
        raise AssertionError('transactions are not offered')
    finally:
        await producer.stop()
    await admin.delete_topics(['one', 'many'])
    await admin.close()
    print('all good')

asyncio.run(main())
