package dev.loraplus.samples.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Task;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeftAdviceTest {
  /** Unquoted, \\t and \\n would be a tab and a new line, and \\x a fault of Python's. */
  @Test
  void pathsOfWindowsAreRightInPython(@TempDir Path directory) throws IOException {
    Task task = new Task.MaskedLanguageModel();
    Architecture architecture =
        Architectures.read(TinyBert.createMasked(directory.resolve("model")), task);

    String advice = PeftAdvice.text("C:\\temp\\new \"x\"", Path.of("a\\b"), architecture, task);

    assertThat(advice)
        .contains("from_pretrained(\"C:\\\\temp\\\\new \\\"x\\\"\")")
        .contains("from_pretrained(base, \"a\\\\b\")");
  }
}
