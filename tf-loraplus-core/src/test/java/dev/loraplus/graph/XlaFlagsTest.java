package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class XlaFlagsTest {
  @Test
  void flagsOfTheUserStay() {
    assertThat(XlaFlags.with("--xla_gpu_cuda_data_dir=/cuda --xla_allow_excess_precision=true"))
        .isEqualTo(
            "--xla_gpu_cuda_data_dir=/cuda --xla_allow_excess_precision=true"
                + " --xla_gpu_enable_cudnn_fmha=true");
  }

  @Test
  void withoutAnyTheyAreOurs() {
    assertThat(XlaFlags.with(""))
        .isEqualTo("--xla_allow_excess_precision=false --xla_gpu_enable_cudnn_fmha=true");
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
