"""A small ERP: makes a customer and an order of each request, and refuses firms without a tax id.

    pip install confluent-kafka
    python erp.py FILE [SECONDS]       ends when nothing was asked for so long; without, never

The file is what `rapport users add erp ... --librdkafka FILE` has written: where the broker is, and who the ERP is there.
"""
import datetime
import json
import sys
import time

from confluent_kafka import Consumer, Producer

with open(sys.argv[1], encoding='utf-8') as file:
    settings = dict(line.rstrip('\n').split('=', 1) for line in file if '=' in line)
patience = float(sys.argv[2]) if len(sys.argv) > 2 else None
consumer = Consumer({**settings, 'group.id': 'erp', 'auto.offset.reset': 'earliest', 'enable.auto.commit': False})
producer = Producer({**settings, 'partitioner': 'murmur2_random', 'enable.idempotence': True})


def tell(topic, key, kind, event_id, data):
    """Sends an event; the id is the same whenever the same is told again."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
    producer.produce(topic, key=key, value=json.dumps(data), headers={
        'ce_specversion': '1.0', 'ce_id': event_id, 'ce_source': '/erp', 'ce_type': kind, 'ce_time': now,
        'content-type': 'application/json'})


def answer(request):
    """One order for one request, however often it is read: all numbers follow from its id."""
    request_id, buyer = request['requestId'], request.get('buyer', {})
    if buyer.get('kind') == 'enterprise' and not buyer.get('taxId'):
        tell('erp.orders', request_id, 'erp.order.refused.v1', f'refusal-{request_id}', {
            'requestId': request_id, 'reason': 'A firm needs a tax id',
            'mend': [{'field': 'buyer.taxId', 'message': 'is missing'}]})
        return f'refused {request_id}'
    number = request.get('customerNo')
    if not number:
        number = 'N-' + request['partyId'][:13]
        tell('erp.customers', number, 'erp.customer.upserted.v1', f'customer-{number}-1', {
            'customerNo': number, 'name': buyer.get('name', number), 'kind': buyer.get('kind'),
            'email': buyer.get('email'), 'phone': buyer.get('phone'), 'country': buyer.get('country'),
            'language': buyer.get('language'), 'taxId': buyer.get('taxId'), 'addresses': buyer.get('addresses'),
            'partyId': request['partyId'], 'correlationId': request_id})
    order = 'O-' + request_id[-12:]
    lines = [{name: line[name] for name in ('sku', 'name', 'quantity', 'unitPrice')} for line in request['lines']]
    tell('erp.orders', number, 'erp.order.placed.v1', f'order-{order}-1', {
        'orderId': order, 'customerNo': number, 'status': 'open', 'placedAt': request['requestedAt'],
        'currency': request['currency'], 'lines': lines, 'total': request['total'], 'correlationId': request_id})
    return f'ordered {request_id} as {order} of {number}'


consumer.subscribe(['crm.order-requests'])
last = time.monotonic()
while patience is None or time.monotonic() - last < patience:
    message = consumer.poll(0.5)
    if message is None or message.error():
        continue
    last = time.monotonic()
    if message.value():
        print(answer(json.loads(message.value())), flush=True)
        # Told for certain before it is forgotten that it was asked for.
        producer.flush()
    consumer.commit(message)
consumer.close()
