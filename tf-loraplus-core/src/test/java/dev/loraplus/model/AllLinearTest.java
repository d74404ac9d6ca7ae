package dev.loraplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.adapter.AdapterPlanner;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.export.AdapterDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A choice of all linear modules means those that peft adapts; recorded by model_logits.py. */
class AllLinearTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  static List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    recorded().fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode recorded() throws IOException {
    return JSON.readTree(TinyModels.directory("all_linear.json").toFile());
  }

  @ParameterizedTest
  @MethodSource("names")
  void allLinearIsWhatPeftAdapts(String name) throws IOException {
    Architecture architecture =
        Architectures.read(TinyModels.directory(name), TinyModels.task(name));
    ObjectNode settings = JSON.createObjectNode();
    settings.put("peft_type", "LORA").put("r", 2).put("lora_alpha", 4);
    settings.put("target_modules", "all-linear");
    // What peft adds by itself for a sequence classification.
    if (name.endsWith("-cls")) {
      settings.putArray("modules_to_save").add("classifier").add("score");
    }
    JSON.writeValue(directory.resolve("adapter_config.json").toFile(), settings);
    LoraConfig config = new AdapterDirectory(directory).readConfig(architecture);

    AdapterPlan plan = AdapterPlanner.plan(architecture, config);

    List<String> expected = new ArrayList<>();
    recorded().path(name).forEach(path -> expected.add(path.asText()));
    assertThat(plan.adapters())
        .extracting(adapter -> adapter.module().path())
        .containsExactlyInAnyOrderElementsOf(expected);
  }
}
