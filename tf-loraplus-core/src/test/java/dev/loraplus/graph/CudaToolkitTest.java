package dev.loraplus.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaToolkitTest {
  private final Path root;

  CudaToolkitTest(@TempDir Path root) {
    this.root = root;
  }

  @Test
  void aFolderWithoutTheFunctionsIsNone() throws IOException {
    Files.createDirectories(root.resolve("empty/nvvm/libdevice"));

    assertThat(CudaToolkit.find(Map.of(), root.resolve("empty"))).isEmpty();
  }

  @Test
  void theUsersChoicesComeBeforeTheUsualPlaces() throws IOException {
    Path flags = toolkit("flags");
    Path home = toolkit("home");
    Path usual = toolkit("usual");
    Map<String, String> both =
        Map.of(
            "XLA_FLAGS",
            "--xla_a=1 --xla_gpu_cuda_data_dir=" + flags + " --xla_b=2",
            "CUDA_HOME",
            home.toString());

    assertThat(CudaToolkit.find(both, usual)).contains(flags);
    assertThat(CudaToolkit.find(Map.of("CUDA_HOME", home.toString()), usual)).contains(home);
    assertThat(CudaToolkit.find(Map.of("CUDA_PATH", home.toString()), usual)).contains(home);
    assertThat(CudaToolkit.find(Map.of("CUDA_HOME", ""), usual)).contains(usual);
  }

  @Test
  void aChoiceWithoutTheFunctionsIsPassedOver() throws IOException {
    Path usual = toolkit("usual");

    assertThat(CudaToolkit.find(Map.of("CUDA_HOME", root.toString()), usual)).contains(usual);
  }

  private Path toolkit(String name) throws IOException {
    Path folder = root.resolve(name);
    Files.createDirectories(folder.resolve("nvvm/libdevice"));
    Files.writeString(folder.resolve("nvvm/libdevice/libdevice.10.bc"), "bitcode");
    return folder;
  }
}
