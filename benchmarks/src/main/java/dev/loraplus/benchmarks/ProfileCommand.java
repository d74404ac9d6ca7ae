package dev.loraplus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.RunMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows where the time of a training step goes. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = "Shows where a training step's time goes by kind of op.")
final class ProfileCommand implements Callable<Integer> {
  @Mixin private StepShape shape;

  @Option(
      names = "--kinds",
      defaultValue = "25",
      description = "Kinds of ops to show (default: ${DEFAULT-VALUE}).")
  private int kinds;

  @Option(
      names = "--timeline",
      defaultValue = "12",
      description = "Longest ops to show with their begin (default: ${DEFAULT-VALUE}).")
  private int timeline;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Also write TensorFlow's RunMetadata here, as a binary message.")
  private @Nullable Path trace;

  @Override
  public Integer call() throws IOException {
    try (OwnStep own = new OwnStep(shape.written(), shape, 1e-4, 16)) {
      own.run(4);
      RunMetadata traced = own.traced();
      if (trace != null) {
        Files.write(trace, traced.toByteArray());
      }
      StepProfile profile = StepProfile.of(traced);
      profile.lines(kinds).forEach(System.out::println);
      profile.timeline(timeline).forEach(System.out::println);
    }
    return 0;
  }
}
