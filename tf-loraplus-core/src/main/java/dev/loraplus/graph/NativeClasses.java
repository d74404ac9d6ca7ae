package dev.loraplus.graph;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.Deallocator_Pointer_long_Pointer;
import org.tensorflow.internal.c_api.TFJ_GradFuncAdapter;
import org.tensorflow.internal.c_api.TF_AttrMetadata;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Input;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_TString;

/**
 * TensorFlow's library, and the classes of its C interface that have JavaCPP look for libraries
 * again when they are first used.
 */
final class NativeClasses {
  private static final List<Class<?>> LOOKING =
      List.of(
          TF_Output.class,
          TF_Input.class,
          TF_Buffer.class,
          TF_TString.class,
          TF_AttrMetadata.class,
          TFJ_GradFuncAdapter.class,
          Deallocator_Pointer_long_Pointer.class);

  private NativeClasses() {}

  /** Loads and initialises them. */
  static void load() {
    TensorFlow.version();
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    for (Class<?> type : LOOKING) {
      try {
        lookup.ensureInitialized(type);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(type + " is public, and out of reach", e);
      }
    }
  }
}
