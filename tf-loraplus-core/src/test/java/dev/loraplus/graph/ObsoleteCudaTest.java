package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
