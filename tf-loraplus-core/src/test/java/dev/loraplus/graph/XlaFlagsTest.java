package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class XlaFlagsTest {
  @Test
  void flagsOfTheUserStay() {
    assertThat(
            XlaFlags.COMPILER.with(
                "--xla_gpu_cuda_data_dir=/cuda --xla_allow_excess_precision=true"))
        .isEqualTo(
            "--xla_gpu_cuda_data_dir=/cuda --xla_allow_excess_precision=true"
                + " --xla_gpu_enable_cudnn_fmha=true");
  }

  @Test
  void withoutAnyTheyAreOurs() {
    assertThat(XlaFlags.COMPILER.with(""))
        .isEqualTo("--xla_allow_excess_precision=false --xla_gpu_enable_cudnn_fmha=true");
  }

  @Test
  void whatTheUserRefusesStaysRefused() {
    assertThat(XlaFlags.CLUSTERING.with("--tf_xla_cpu_global_jit=false"))
        .isEqualTo("--tf_xla_cpu_global_jit=false");
    assertThat(XlaFlags.CLUSTERING.with("--tf_xla_min_cluster_size=2"))
        .isEqualTo("--tf_xla_min_cluster_size=2 --tf_xla_cpu_global_jit");
  }

  @Test
  void nativeCodeSeesAVariable() {
    // given
    String name = "LORAPLUS_TEST_" + ProcessHandle.current().pid();

    // when
    boolean set = NativeEnvironment.setUnlessSet(name, "1");

    // then
    assertThat(com.sun.jna.Platform.isWindows() || set).isTrue();
    if (set) {
      assertThat(
              com.sun.jna.Function.getFunction("c", "getenv")
                  .invokeString(new Object[] {name}, false))
          .isEqualTo("1");
    }
  }
}
