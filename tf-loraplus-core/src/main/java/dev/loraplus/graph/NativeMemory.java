package dev.loraplus.graph;

import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lifts JavaCPP's memory limits, and has TensorFlow use its fastest kernels. By default JavaCPP
 * stops the process with an OutOfMemoryError once its resident size passes four times the Java
 * heap, which native weights and activations do at once.
 */
public final class NativeMemory {
  private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

  static {
    OneDnn.prefer();
    setUnlessChosen("org.bytedeco.javacpp.maxBytes");
    setUnlessChosen("org.bytedeco.javacpp.maxPhysicalBytes");
    if (Pointer.maxPhysicalBytes() > 0) {
      LOG.warn(
          "JavaCPP was loaded before tf-loraplus and limits this process to {} bytes; start Java"
              + " with -Dorg.bytedeco.javacpp.maxBytes=0"
              + " -Dorg.bytedeco.javacpp.maxPhysicalBytes=0, or call NativeMemory.configure()"
              + " first",
          Pointer.maxPhysicalBytes());
    }
  }

  private NativeMemory() {}

  /**
   * Sets the properties that the user has not set. Every entry point of the library calls this; an
   * application that uses TensorFlow before tf-loraplus calls it first.
   */
  public static void configure() {
    // The static initialiser does the work, once.
  }

  private static void setUnlessChosen(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "0");
    }
  }
}
