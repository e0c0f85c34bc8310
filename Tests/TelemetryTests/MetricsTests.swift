import Telemetry
import Testing

@Suite struct MetricsTests {
    @Test func rendersThePrometheusFormat() {
        let metrics = Metrics()
        metrics.counter("crm_x_total", help: "Things\nand \\ more.", labels: ["topic": "a\"b\\\n"]).increment(by: 3)
        metrics.counter("crm_x_total", help: "Things.", labels: ["topic": "c"]).increment()
        let gauge = metrics.gauge("crm_depth", help: "Depth.")
        gauge.set(2)
        gauge.add(-0.5)
        let histogram = metrics.histogram("crm_seconds", help: "Time.", labels: ["route": "/v1"], buckets: [0.25, 1])
        for value in [0.25, 0.5, 2] { histogram.observe(value) }
        histogram.observe(.milliseconds(250))
        let expected = """
            # HELP crm_depth Depth.
            # TYPE crm_depth gauge
            crm_depth 1.5
            # HELP crm_seconds Time.
            # TYPE crm_seconds histogram
            crm_seconds_bucket{route="/v1",le="0.25"} 2
            crm_seconds_bucket{route="/v1",le="1"} 3
            crm_seconds_bucket{route="/v1",le="+Inf"} 4
            crm_seconds_sum{route="/v1"} 3
            crm_seconds_count{route="/v1"} 4
            # HELP crm_x_total Things\\nand \\\\ more.
            # TYPE crm_x_total counter
            crm_x_total{topic="a\\"b\\\\\\n"} 3
            crm_x_total{topic="c"} 1

            """
        #expect(metrics.rendered().hasPrefix(expected))
    }

    @Test func sameNameAndLabelsAreTheSameInstrument() {
        let metrics = Metrics()
        let first = metrics.counter("a_total", help: "A.", labels: ["x": "1"])
        #expect(first === metrics.counter("a_total", help: "A.", labels: ["x": "1"]))
        #expect(first !== metrics.counter("a_total", help: "A.", labels: ["x": "2"]))
    }

    @Test func updatesBeforeRendering() {
        let metrics = Metrics()
        let gauge = metrics.gauge("lag_seconds", help: "Lag.")
        metrics.onRender { gauge.set(Double.infinity) }
        #expect(metrics.rendered().contains("lag_seconds +Inf\n"))
    }

    @Test func countsFromManyThreadsAtOnce() async {
        let counter = Metrics().counter("n_total", help: "N.")
        let gauge = Metrics().gauge("g", help: "G.")
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { @concurrent in
                    for _ in 0..<1_000 {
                        counter.increment()
                        gauge.add(1)
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(gauge.value == 8_000)
    }

    #if os(Linux)
        @Test func showsTheProcess() throws {
            let lines = Metrics().rendered().split(separator: "\n")
            func value(_ name: String) throws -> Double {
                let line = try #require(lines.first { $0.hasPrefix(name + " ") })
                return try #require(Double(line.dropFirst(name.count + 1)))
            }
            #expect(try value("process_resident_memory_bytes") > 1_000_000)
            #expect(try value("process_open_fds") >= 3)
            #expect(try value("process_cpu_seconds_total") >= 0)
            #expect(try value("process_start_time_seconds") > 1_700_000_000)
        }
    #endif
}
