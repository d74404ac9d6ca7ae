package dev.loraplus.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.loraplus.graph.Gpus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes steps when it is told to, as the peer's script does; other commands start it. */
@Command(
    name = ServeCommand.NAME,
    mixinStandardHelpOptions = true,
    description = {
      "Reads orders from standard input, and answers each with a line of JSON. A number of steps is",
      "answered with the milliseconds of a step and the last loss, 'peak' with the GFLOP/s of large",
      "products."
    })
final class ServeCommand implements Callable<Integer> {
  static final String NAME = "serve";

  private static final JsonFactory JSON = new JsonFactory();

  @Mixin private StepShape shape;

  @Option(names = "--adapter", description = "An adapter to start from.")
  private @Nullable Path adapter;

  @Option(names = "--save-adapter", description = "Writes the fresh adapter here.")
  private @Nullable Path saved;

  @Option(
      names = "--ratio",
      defaultValue = "" + StepShape.RATIO,
      description = "Rate of B over that of A (default: ${DEFAULT-VALUE}).")
  private double ratio;

  @Override
  public Integer call() throws IOException {
    Path base = shape.written();
    try (OwnStep own = new OwnStep(base, shape, StepShape.RATE, ratio);
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      if (adapter != null) {
        own.loadAdapter(adapter);
      }
      if (saved != null) {
        own.saveAdapter(base, saved);
      }
      double estimate = own.estimate();
      boolean gpu = Gpus.present();
      answer(
          json -> {
            json.writeBooleanField("ready", true);
            json.writeNumberField("estimate", estimate);
            json.writeBooleanField("gpu", gpu);
          });
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        answer(line.equals("peak") ? peak() : steps(own, Integer.parseInt(line)));
      }
    }
    return 0;
  }

  private Answer peak() {
    double gflops = GemmPeak.measured(shape.compute().precision());
    return json -> json.writeNumberField("gflops", gflops);
  }

  private static Answer steps(OwnStep own, int count) {
    Timing timing = own.run(count);
    return json -> {
      json.writeNumberField("milliseconds", timing.milliseconds());
      json.writeNumberField("loss", timing.loss());
    };
  }

  /** The fields of an answer. */
  private interface Answer {
    void write(JsonGenerator json) throws IOException;
  }

  /** By the generator alone: an ObjectMapper would take 0.2 s of the first answer. */
  private static void answer(Answer fields) throws IOException {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    }
    System.out.println(line);
    System.out.flush();
  }
}
