package dev.loraplus.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/** One side of a comparison in a process of its own, which takes steps when it is told to. */
final class StepProcess implements AutoCloseable {
  private final OptionalDouble gpuBefore;
  private final AskedProcess process;
  private final JsonNode ready;

  StepProcess(List<String> command) throws IOException {
    this.gpuBefore = GpuMemory.used();
    this.process = new AskedProcess(command, ProcessBuilder.Redirect.INHERIT);
    this.ready = process.answer();
  }

  /** Megabytes that the process says a step should take. */
  double estimate() {
    return ready.path("estimate").asDouble();
  }

  /** Most megabytes that it took so far: of a GPU where it computes on one, and else of memory. */
  double held() throws IOException {
    OptionalDouble gpu = gpuHeld();
    return gpu.isPresent() ? gpu.getAsDouble() : memory().peak();
  }

  /**
   * Megabytes that it makes a GPU hold, as the driver says, if no other process has changed that
   * since it started; empty where it computes on no GPU.
   */
  private OptionalDouble gpuHeld() {
    OptionalDouble now = GpuMemory.used();
    return ready.path("gpu").asBoolean() && gpuBefore.isPresent() && now.isPresent()
        ? OptionalDouble.of(now.getAsDouble() - gpuBefore.getAsDouble())
        : OptionalDouble.empty();
  }

  /** Seconds of processor time so far. */
  double processorSeconds() {
    return process.handle().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  Timing run(int steps) throws IOException {
    JsonNode answer = process.ask(Integer.toString(steps));
    return new Timing(answer.path("milliseconds").asDouble(), answer.path("loss").asDouble());
  }

  /** GFLOP/s of large products in the process, measured now. */
  double gemmPeak() throws IOException {
    return process.ask("peak").path("gflops").asDouble();
  }

  /** What the process takes of the machine's memory. */
  ProcessMemory memory() throws IOException {
    return ProcessMemory.of(process.handle().pid());
  }

  @Override
  public void close() {
    process.close();
  }
}
