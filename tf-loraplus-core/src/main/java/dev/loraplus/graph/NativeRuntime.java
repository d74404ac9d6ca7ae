package dev.loraplus.graph;

import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lifts JavaCPP's memory limits, has TensorFlow use its fastest kernels, and loads it. By default
 * JavaCPP stops the process with an OutOfMemoryError once its resident size passes four times the
 * Java heap, which native weights and activations do at once.
 */
public final class NativeRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);
  private static final LibraryLoading LOADING;

  static {
    setUnlessChosen("org.bytedeco.javacpp.maxBytes");
    setUnlessChosen("org.bytedeco.javacpp.maxPhysicalBytes");
    LOADING = LibraryLoading.begin(NativeRuntime::load, NativeRuntime::prepare);
  }

  private NativeRuntime() {}

  /**
   * Sets the properties that the user has not set, and begins to load TensorFlow beside what the
   * caller does next. For what comes before a graph: reading configurations and weights.
   */
  public static void begin() {
    // The static initialiser does the work, once.
  }

  /**
   * The same, and waits until TensorFlow is there. Every entry point of the library calls this; an
   * application that uses TensorFlow before tf-loraplus calls it first.
   *
   * @throws LinkageError if it cannot be loaded, with the reason
   */
  public static void configure() {
    LOADING.await();
  }

  private static void load() {
    OneDnn.prefer();
    CudaFromMaven.open();
    if (Pointer.maxPhysicalBytes() > 0) {
      LOG.warn(
          "JavaCPP was loaded before tf-loraplus and limits this process to {} bytes; start Java"
              + " with -Dorg.bytedeco.javacpp.maxBytes=0"
              + " -Dorg.bytedeco.javacpp.maxPhysicalBytes=0, or call NativeRuntime.configure()"
              + " first",
          Pointer.maxPhysicalBytes());
    }
    ObsoleteCuda.spare(NativeClasses::load);
  }

  /** What need not be waited for. */
  private static void prepare() {
    LibraryPages.giveBack();
    Sessions.prepare();
  }

  private static void setUnlessChosen(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "0");
    }
  }
}
