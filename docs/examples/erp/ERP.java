import java.io.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A small ERP: makes a customer and an order of each request.
 *
 * java -cp 'kafka-clients.jar:…' ERP.java FILE [SECONDS]      ends when nothing was asked for so long; without, never
 *
 * The file is what `rapport users add erp ... --java FILE` has written: where the broker is, and who the ERP is there.
 */
public class ERP {
    private final KafkaProducer<String, String> producer;

    ERP(Properties settings) {
        // Java clients partition by murmur2 by themselves, and are idempotent.
        producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** Sends an event; the id is the same whenever the same is told again. */
    void tell(String topic, String key, String type, String id, String data) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, key, data);
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String[][] headers = {
            {"ce_specversion", "1.0"}, {"ce_id", id}, {"ce_source", "/erp"}, {"ce_type", type}, {"ce_time", now},
            {"content-type", "application/json"}};
        for (String[] header : headers) record.headers().add(header[0], header[1].getBytes(StandardCharsets.UTF_8));
        producer.send(record);
    }

    /** One order for one request, however often it is read: all numbers follow from its id. */
    String answer(String request) {
        String id = text(request, "requestId"), party = text(request, "partyId"), number = text(request, "customerNo");
        if (number == null) {
            number = "J-" + party.substring(0, 13);
            tell("erp.customers", number, "erp.customer.upserted.v1", "customer-" + number + "-1",
                "{\"customerNo\":\"" + number + "\",\"name\":\"" + text(request, "name") + "\",\"partyId\":\"" + party + "\"}");
        }
        String order = "J-" + id.substring(24);
        Matcher lines = Pattern.compile("\"lines\":(\\[[^\\]]*\\])").matcher(request);
        tell("erp.orders", number, "erp.order.placed.v1", "order-" + order + "-1",
            "{\"orderId\":\"" + order + "\",\"customerNo\":\"" + number + "\",\"status\":\"open\",\"placedAt\":\""
                + text(request, "requestedAt") + "\",\"currency\":\"" + text(request, "currency") + "\",\"lines\":"
                + (lines.find() ? lines.group(1) : "[]") + ",\"total\":\"" + totalOf(request)
                + "\",\"correlationId\":\"" + id + "\"}");
        return "ordered " + id + " as " + order + " of " + number;
    }

    /** A member of the request, found without a library for JSON; an ERP has one. */
    private static String text(String json, String member) {
        Matcher found = Pattern.compile("\"" + member + "\":\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : null;
    }

    /** Lines have totals too; that of the request stands behind them. */
    private static String totalOf(String request) {
        Matcher found = Pattern.compile(".*\\].*\"total\":\"([^\"]*)\"").matcher(request);
        return found.find() ? found.group(1) : "0";
    }

    public static void main(String[] arguments) throws IOException {
        Properties settings = new Properties();
        try (FileReader file = new FileReader(arguments[0])) {
            settings.load(file);
        }
        ERP erp = new ERP(settings);
        long patience = arguments.length > 1 ? Long.parseLong(arguments[1]) * 1000 : Long.MAX_VALUE;
        settings.put("group.id", "erp");
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("crm.order-requests"));
            long last = System.currentTimeMillis();
            while (System.currentTimeMillis() - last < patience) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    last = System.currentTimeMillis();
                    // One without data says that the request is closed.
                    if (record.value() != null && !record.value().isEmpty()) System.out.println(erp.answer(record.value()));
                }
                erp.producer.flush();
                consumer.commitSync();
            }
        }
        erp.producer.close();
    }
}
