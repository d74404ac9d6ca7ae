package dev.loraplus.benchmarks;

import dev.loraplus.FineTuning;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.function.IntToLongFunction;

/** A run of this library that stands still after each epoch until the next one is asked for. */
final class OwnEpochs implements EpochSide {
  private final String name;
  private final FineTuning run;
  private final IntToLongFunction places;
  private final Semaphore wanted = new Semaphore(0);
  private final SynchronousQueue<Optional<Epoch>> taken = new SynchronousQueue<>();
  private final CompletableFuture<Void> training;

  /**
   * Starts the run, which waits before its first step.
   *
   * @param places tokens of all rows of an epoch, by its number
   */
  OwnEpochs(String name, FineTuning run, IntToLongFunction places) {
    this.name = name;
    this.run = run;
    this.places = places;
    this.training = CompletableFuture.runAsync(this::train, this::start);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Epoch run() throws IOException {
    wanted.release();
    try {
      Optional<Epoch> epoch = taken.take();
      if (epoch.isEmpty()) {
        training.join();
      }
      return epoch.orElseThrow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in an epoch", e);
    }
  }

  /** A thread that waits for an order does not keep the process. */
  private void start(Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void train() {
    try {
      run.train(new Turns());
    } catch (RuntimeException | Error e) {
      give(Optional.empty());
      throw e;
    }
  }

  private void give(Optional<Epoch> epoch) {
    try {
      taken.put(epoch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The run stays where it is if it has not ended; the process ends soon. */
  @Override
  public void close() {
    if (training.isDone()) {
      run.close();
    }
  }

  private final class Turns implements TrainingListener {
    private int epoch;
    private long begun;
    private long worked;
    private double losses;
    private int steps;

    @Override
    public void onStart(long stepsTaken, long totalSteps) {
      begin();
    }

    @Override
    public void onStep(StepReport report) {
      losses += report.loss();
      steps++;
      if (report.epoch() != Math.rint(report.epoch())) {
        return;
      }
      give(
          Optional.of(
              new Epoch(
                  steps,
                  (System.nanoTime() - begun) / 1e9,
                  (processor() - worked) / 1e9,
                  losses / steps,
                  places.applyAsLong(epoch++))));
      if (report.step() < report.totalSteps()) {
        begin();
      }
    }

    private void begin() {
      wanted.acquireUninterruptibly();
      begun = System.nanoTime();
      worked = processor();
      losses = 0;
      steps = 0;
    }

    private static long processor() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
  }
}
