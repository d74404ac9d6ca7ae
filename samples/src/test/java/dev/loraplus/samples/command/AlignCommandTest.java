package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.samples.CommandRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AlignCommandTest {
  @Test
  void aModelIsAlignedOnce(@TempDir Path directory) throws IOException {
    // given: data that starts at the 80th byte
    String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[16],\"data_offsets\":[0,64]}}";
    byte[] file = new byte[80 + 64];
    file[0] = 72;
    String padded = header + " ".repeat(72 - header.length());
    System.arraycopy(padded.getBytes(StandardCharsets.UTF_8), 0, file, 8, 72);
    Path model = Files.write(directory.resolve("model.safetensors"), file);

    // when
    CommandRun first = CommandRun.of("align", directory.toString());
    CommandRun second = CommandRun.of("align", directory.toString());

    // then
    assertThat(first.out()).isEqualToIgnoringNewLines("aligned " + model);
    assertThat(second.out()).isEqualToIgnoringNewLines(directory + ": is aligned already");
  }
}
