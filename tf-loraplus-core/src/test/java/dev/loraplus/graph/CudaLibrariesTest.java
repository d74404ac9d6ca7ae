package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.loraplus.config.Compilation;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CudaLibrariesTest {
  @Test
  void everyMissingLibraryIsNamedWithWhatItIs() {
    Set<String> missing = Set.of("libcudnn.so.9", "libcublas.so.12");

    String diagnosis = CudaLibraries.diagnosis(library -> !missing.contains(library));

    assertThat(diagnosis)
        .startsWith("missing: libcublas.so.12 (CUDA 12), libcudnn.so.9 (cuDNN 9); ")
        .contains("org.bytedeco:cuda:12.6-9.5-1.5.11");
  }

  @Test
  void aMissingDriverIsNotToBeHadFromMaven() {
    assertThat(CudaLibraries.diagnosis(library -> !library.equals("libcuda.so.1")))
        .isEqualTo("missing: libcuda.so.1 (NVIDIA's driver)");
  }

  @Test
  void withAllLibrariesTheGpuItselfIsInQuestion() {
    assertThat(CudaLibraries.diagnosis(library -> true))
        .contains("nvidia-smi")
        .contains("CUDA_VISIBLE_DEVICES");
  }

  @Test
  void theBuildForProcessorsHasNoGpuAndCompilesNothing() {
    assumeThat(Gpus.isBuiltForThem()).isFalse();

    assertThat(Gpus.present()).isFalse();
    assertThat(Gpus.preferredCompilation()).isEqualTo(Compilation.NONE);
  }
}
