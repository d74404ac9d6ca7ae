package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.Compilation;
import java.net.URL;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

class ObsoleteCudaTest {
  @Test
  void whatIsSparedCountsAsLookedForWhileItLoadsAndNotAfterwards() {
    // given
    Map<String, URL[]> found = ObsoleteCuda.found();
    Set<String> before = Set.copyOf(found.keySet());

    // when: loading looks at what JavaCPP knows
    ObsoleteCuda.spare(
        () -> {
          assertThat(found.get("cudnn@.8")).isEmpty();
          assertThat(found.get("nvinfer@.7")).isEmpty();
        });

    // then
    assertThat(found).containsOnlyKeys(before);
  }

  @Test
  void theClassesOfTensorFlowDoNotLookForItWhenTheyAreFirstUsed() {
    // given: names, attributes, text, and a message, each of which has classes of its own
    try (Graph graph = new Graph();
        TString text = TString.scalarOf("text")) {
      Ops tf = Ops.create(graph);
      Operand<TString> fed = tf.identity(tf.constant("text"));
      try (Session session = Sessions.open(graph, Compilation.NONE);
          Result result = session.runner().feed(fed, text).fetch(tf.identity(fed)).run()) {
        graph.toGraphDef();
        assertThat(result.get(0)).isEqualTo(text);
      }
    }

    assertThat(ObsoleteCuda.found()).isNotEmpty().doesNotContainKeys("cudnn@.8", "nvinfer@.7");
  }

  @Test
  void whatJavaCppFoundBeforeStays() throws Exception {
    // given: an application with CUDA 11 of its own
    URL[] own = {new URL("file:/opt/cuda/libcudart.so.11.0")};
    Map<String, URL[]> found = ObsoleteCuda.found();
    URL[] before = found.put("cudart@.11.0", own);

    try {
      ObsoleteCuda.spare(() -> assertThat(found).containsEntry("cudart@.11.0", own));

      assertThat(found).containsEntry("cudart@.11.0", own);
    } finally {
      found.remove("cudart@.11.0");
      if (before != null) {
        found.put("cudart@.11.0", before);
      }
    }
  }

  @Test
  void aFailureToLoadIsPassedOn() {
    Map<String, URL[]> found = ObsoleteCuda.found();
    Set<String> before = Set.copyOf(found.keySet());

    assertThatThrownBy(
            () ->
                ObsoleteCuda.spare(
                    () -> {
                      throw new UnsatisfiedLinkError("no tensorflow");
                    }))
        .isInstanceOf(UnsatisfiedLinkError.class);
    assertThat(found).containsOnlyKeys(before);
  }
}
