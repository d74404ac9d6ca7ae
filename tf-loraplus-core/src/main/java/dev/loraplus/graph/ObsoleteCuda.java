package dev.loraplus.graph;

import java.lang.reflect.Field;
import java.net.URL;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Libraries of CUDA 11 and TensorRT 7, which TensorFlow Java has JavaCPP look for before it loads
 * TensorFlow. TensorFlow 2.18 opens CUDA 12 by itself and uses none of them, but each is looked for
 * under three names at dozens of places in every jar of the class path: half of the processor time
 * of loading TensorFlow, and 80 MB of garbage.
 */
final class ObsoleteCuda {
  private static final Logger LOG = LoggerFactory.getLogger(ObsoleteCuda.class);

  /** As JavaCPP names them. */
  private static final List<String> NAMES =
      List.of(
          "cudart@.11.0",
          "cublasLt@.11",
          "cublas@.11",
          "cufft@.10",
          "curand@.10",
          "cusolver@.10",
          "cusparse@.11",
          "cudnn@.8",
          "cudnn_ops_infer@.8",
          "cudnn_ops_train@.8",
          "cudnn_adv_infer@.8",
          "cudnn_adv_train@.8",
          "cudnn_cnn_infer@.8",
          "cudnn_cnn_train@.8",
          "nvrtc@.11.0",
          "myelin@.1",
          "nvinfer@.7");

  private ObsoleteCuda() {}

  /** Loads without looking for them in jars. What else JavaCPP loads later looks for them again. */
  static void spare(Runnable load) {
    Map<String, URL[]> found = found();
    List<String> spared = NAMES.stream().filter(name -> !found.containsKey(name)).toList();
    spared.forEach(name -> found.put(name, new URL[0]));
    try {
      load.run();
    } finally {
      spared.forEach(found::remove);
    }
  }

  /**
   * What JavaCPP has looked for in this process: a plain map, which loading in two threads at once
   * shares unguarded with us or without. It has no public way to say that something is nowhere;
   * where its fields are out of reach, as they are for named modules, it searches.
   */
  @SuppressWarnings("unchecked")
  static Map<String, URL[]> found() {
    try {
      Field field = Loader.class.getDeclaredField("foundLibraries");
      field.setAccessible(true);
      return (Map<String, URL[]>) field.get(null);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("JavaCPP looks for CUDA 11 before it loads TensorFlow", e);
      return new HashMap<>();
    }
  }
}
