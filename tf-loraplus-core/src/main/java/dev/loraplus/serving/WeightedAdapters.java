package dev.loraplus.serving;

import dev.loraplus.adapter.AdapterPlan;
import dev.loraplus.adapter.AdapterPlan.PlannedAdapter;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LayerSelection;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.LoraVariant;
import dev.loraplus.config.Patterns;
import dev.loraplus.config.TargetModules;
import dev.loraplus.export.StoredAdapter;
import dev.loraplus.model.Architecture;
import dev.loraplus.model.ModuleSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A weighted combination of adapters; a module takes part with those adapters that it carries. */
final class WeightedAdapters {
  private final Architecture architecture;
  private final List<Part> parts;

  /**
   * One of them.
   *
   * @param name for messages
   * @param adapter plain LoRA
   * @param weight positive or negative
   */
  record Part(String name, StoredAdapter adapter, double weight) {}

  WeightedAdapters(Architecture architecture, List<Part> parts) {
    this.architecture = architecture;
    this.parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("weights: at least one adapter is needed, got none");
    }
    for (Part part : parts) {
      if (!Double.isFinite(part.weight())) {
        throw new IllegalArgumentException(
            String.format(
                "weight of adapter '%s': must be finite, got %s", part.name(), part.weight()));
      }
      requirePlain(part);
    }
  }

  private static void requirePlain(Part part) {
    LoraVariant variant = part.adapter().plan().config().variant();
    if (variant != LoraVariant.PLAIN) {
      throw new ConfigurationException(
          String.format(
              "adapter '%s': only plain LoRA can be combined, got %s", part.name(), variant));
    }
  }

  StoredAdapter combine(Combination combination) {
    Map<String, float[]> values = new LinkedHashMap<>();
    List<PlannedAdapter> planned = new ArrayList<>();
    for (ModuleSpec module : architecture.modules()) {
      List<LowRank> pairs = pairs(module);
      if (!pairs.isEmpty()) {
        LowRank pair = LowRank.combine(module.path(), pairs, combination, largestRank());
        planned.add(
            new PlannedAdapter(module, LoraSettings.of(pair.rank(), pair.rank()), pair.rank()));
        boolean table = module instanceof ModuleSpec.Embedding;
        values.put(module.path() + (table ? ".lora_embedding_A" : ".lora_A.weight"), pair.a());
        values.put(module.path() + (table ? ".lora_embedding_B" : ".lora_B.weight"), pair.b());
      }
    }
    owners().forEach((parameter, part) -> values.put(parameter, part.adapter().values(parameter)));
    return new StoredAdapter(plan(planned), values);
  }

  private int largestRank() {
    return parts.stream()
        .map(part -> part.adapter().plan().config())
        .flatMap(
            config ->
                Stream.concat(
                    Stream.of(config.rank()), config.patterns().ranks().values().stream()))
        .max(Integer::compare)
        .orElseThrow();
  }

  private List<LowRank> pairs(ModuleSpec module) {
    List<LowRank> pairs = new ArrayList<>();
    for (Part part : parts) {
      for (PlannedAdapter planned : part.adapter().plan().adapters()) {
        if (planned.module().equals(module)) {
          boolean table = module instanceof ModuleSpec.Embedding;
          String path = module.path();
          pairs.add(
              new LowRank(
                  planned.settings().rank(),
                  part.adapter().values(path + (table ? ".lora_embedding_A" : ".lora_A.weight")),
                  part.adapter().values(path + (table ? ".lora_embedding_B" : ".lora_B.weight")),
                  part.weight() * planned.settings().scaling()));
        }
      }
    }
    return pairs;
  }

  /** Parameters that one of the adapters trains in full; two of them have no sum. */
  private Map<String, Part> owners() {
    Map<String, Part> owners = new LinkedHashMap<>();
    for (Part part : parts) {
      for (String parameter : BankLayout.of(part.adapter().plan()).owned()) {
        Part other = owners.put(parameter, part);
        if (other != null) {
          throw new ConfigurationException(
              String.format(
                  "adapters '%s' and '%s': both train %s in full, and only low-rank pairs can be"
                      + " combined",
                  other.name(), part.name(), parameter));
        }
      }
    }
    return owners;
  }

  private AdapterPlan plan(List<PlannedAdapter> planned) {
    int rank = planned.stream().mapToInt(p -> p.settings().rank()).max().orElse(1);
    Map<String, Integer> ranks = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    for (PlannedAdapter adapter : planned) {
      if (adapter.settings().rank() != rank) {
        String pattern = adapter.module().path().replace(".", "\\.");
        ranks.put(pattern, adapter.settings().rank());
        alphas.put(pattern, adapter.alpha());
      }
    }
    List<ModuleSpec> saved =
        parts.stream().flatMap(p -> p.adapter().plan().savedModules().stream()).toList();
    List<String> biases =
        parts.stream().flatMap(p -> p.adapter().plan().biases().stream()).toList();
    BiasMode bias =
        parts.stream()
            .map(p -> p.adapter().plan())
            .filter(plan -> !plan.biases().isEmpty())
            .map(plan -> plan.config().bias())
            .findFirst()
            .orElse(BiasMode.NONE);
    LoraConfig config =
        new LoraConfig(
            rank,
            rank,
            0.0,
            TargetModules.named(
                planned.stream().map(p -> p.module().path()).toArray(String[]::new)),
            Optional.empty(),
            LayerSelection.all(),
            new Patterns(ranks, alphas),
            bias,
            Optional.of(saved.stream().map(ModuleSpec::path).toList()),
            LoraInit.KAIMING_UNIFORM,
            LoraVariant.PLAIN,
            false);
    return new AdapterPlan(config, planned, saved, biases, List.of(), Map.of());
  }
}
