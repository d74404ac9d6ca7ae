package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XlaFlagsTest {
  @Test
  void flagsOfTheUserStay() {
    assertThat(
            XlaFlags.compiler(Map.of())
                .with("--xla_gpu_cuda_data_dir=/cuda --xla_allow_excess_precision=true"))
        .isEqualTo(
            "--xla_gpu_cuda_data_dir=/cuda --xla_allow_excess_precision=true"
                + " --xla_gpu_enable_cudnn_fmha=true");
  }

  @Test
  void withoutAnyTheyAreOurs() {
    assertThat(XlaFlags.compiler(Map.of()).with(""))
        .isEqualTo("--xla_allow_excess_precision=false --xla_gpu_enable_cudnn_fmha=true");
  }

  @Test
  void aToolkitThatTheEnvironmentNamesIsPassedOn(@TempDir Path toolkit) throws IOException {
    Files.createDirectories(toolkit.resolve("nvvm/libdevice"));
    Files.createFile(toolkit.resolve("nvvm/libdevice/libdevice.10.bc"));

    assertThat(XlaFlags.compiler(Map.of("CUDA_HOME", toolkit.toString())).with(""))
        .endsWith(" --xla_gpu_cuda_data_dir=" + toolkit);
  }

  @Test
  void whatTheUserRefusesStaysRefused() {
    assertThat(XlaFlags.CLUSTERING.with("--tf_xla_cpu_global_jit=false"))
        .isEqualTo("--tf_xla_cpu_global_jit=false");
    assertThat(XlaFlags.CLUSTERING.with("--tf_xla_min_cluster_size=2"))
        .isEqualTo("--tf_xla_min_cluster_size=2 --tf_xla_cpu_global_jit");
  }

  @Test
  void opsThatTheUserChoseToCompileStay() {
    assertThat(XlaFlags.ELEMENTWISE.with("--tf_xla_ops_to_cluster=PW"))
        .isEqualTo("--tf_xla_ops_to_cluster=PW --tf_xla_auto_jit=1");
    assertThat(XlaFlags.ELEMENTWISE.with(""))
        .startsWith("--tf_xla_auto_jit=1 --tf_xla_ops_to_cluster=RED,")
        .doesNotContain("Softmax,", "Transpose,", "Concat");
  }

  @Test
  void aFileOfFlagsIsTold() {
    assertThat(XlaFlags.isFile("/etc/flags")).isTrue();
    assertThat(XlaFlags.isFile(" --tf_xla_auto_jit=1")).isFalse();
    assertThat(XlaFlags.isFile("")).isFalse();
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
