package dev.loraplus.optimizer;

import dev.loraplus.adapter.ParameterRole;
import dev.loraplus.adapter.TrainableParameter;
import dev.loraplus.config.Faults;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.UpdateRule;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.Output;

/**
 * Every trainable parameter in exactly one group, by its role and never by its name. With the
 * default {@link dev.loraplus.config.DecayExclusions} the groups are those of peft's {@code
 * create_loraplus_optimizer}:
 *
 * <table>
 * <caption>Groups by role</caption>
 * <tr><th>group</th><th>roles</th><th>rate</th><th>decay</th></tr>
 * <tr><td>A</td><td>A, SAVED_WEIGHT; MAGNITUDE and SCALE of two or more dimensions</td>
 *     <td>eta_A</td><td>yes</td></tr>
 * <tr><td>EMBEDDING</td><td>EMBEDDING_A, EMBEDDING_B</td><td>its own</td><td>yes</td></tr>
 * <tr><td>B</td><td>B, MAGNITUDE, SCALE</td><td>ratio x eta_A</td><td>yes</td></tr>
 * <tr><td>B_NO_DECAY</td><td>BIAS, LAYER_NORM</td><td>ratio x eta_A</td><td>no</td></tr>
 * </table>
 *
 * <p>A bias or LayerNorm that is not excluded from decay joins B. A parameter whose name contains a
 * match of an exclusion pattern does not decay: one of group B moves to B_NO_DECAY, others stay in
 * their group. Where saved modules have a rate of their own, all their parameters are in
 * SAVED_MODULES.
 *
 * <p>With {@link UpdateRule.LoraFa} A is frozen and in no group.
 */
public final class ParameterGroups {
  private static final Set<ParameterRole> EMBEDDING =
      Set.of(ParameterRole.EMBEDDING_A, ParameterRole.EMBEDDING_B);

  private final List<GroupMember> members;

  private ParameterGroups(List<GroupMember> members) {
    this.members = List.copyOf(members);
  }

  /**
   * Puts each parameter into its group.
   *
   * @param parameters at least one, each name and each variable once
   * @param config rates and decay exclusions
   * @return the groups
   * @throws dev.loraplus.config.ConfigurationException if a parameter is given twice, an exclusion
   *     pattern matches none of the names, a rate is set for a kind of parameter that there is none
   *     of, or LoRA-FA does not apply to an adapter
   */
  public static ParameterGroups of(List<TrainableParameter> parameters, OptimizerConfig config) {
    Faults faults = new Faults();
    faults.require(!parameters.isEmpty(), "parameters: the optimizer needs at least one, got none");
    requireDistinct(parameters, faults);
    if (config.rule() instanceof UpdateRule.LoraFa) {
      requirePairs(parameters, faults);
      faults.throwIfAny();
      return trained(
          parameters.stream().filter(p -> p.role() != ParameterRole.A).toList(), config, faults);
    }
    return trained(parameters, config, faults);
  }

  /** The parameters, in the order of the members. */
  List<TrainableParameter> parameters() {
    return members.stream().map(GroupMember::parameter).toList();
  }

  private static ParameterGroups trained(
      List<TrainableParameter> parameters, OptimizerConfig config, Faults faults) {
    List<Pattern> patterns =
        config.decayExclusions().patterns().stream().map(Pattern::compile).toList();
    for (Pattern pattern : patterns) {
      faults.require(
          parameters.stream().anyMatch(parameter -> pattern.matcher(parameter.name()).find()),
          "decay exclusion '%s': matches no trainable parameter of %s",
          pattern,
          parameters.stream().map(TrainableParameter::name).toList());
    }
    requireUsed(parameters, config, faults);
    faults.throwIfAny();
    return new ParameterGroups(
        parameters.stream().map(parameter -> member(parameter, config, patterns)).toList());
  }

  /**
   * All parameters in the order given.
   *
   * @return at least one
   */
  public List<GroupMember> members() {
    return members;
  }

  /**
   * The parameters of one group.
   *
   * @param group the group
   * @return in the order given; empty where the group has none
   */
  public List<GroupMember> in(ParameterGroup group) {
    return members.stream().filter(member -> member.group() == group).toList();
  }

  /**
   * The groups that have parameters.
   *
   * @return in the order of the enum
   */
  public Set<ParameterGroup> present() {
    return Stream.of(ParameterGroup.values())
        .filter(group -> !in(group).isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** A rate that no parameter has is a mistake: the module it is meant for does not train. */
  static void requireUsed(
      List<TrainableParameter> parameters, OptimizerConfig config, Faults faults) {
    boolean embeddings =
        parameters.stream().anyMatch(parameter -> EMBEDDING.contains(parameter.role()));
    config
        .embeddingLearningRate()
        .ifPresent(
            rate ->
                faults.require(
                    embeddings,
                    "embeddingLearningRate: there is no embedding adapter, got %s; name an"
                        + " embedding in the targets, such as word_embeddings, or leave the rate"
                        + " out",
                    rate));
    config
        .savedModulesLearningRate()
        .ifPresent(
            rate ->
                faults.require(
                    parameters.stream().anyMatch(TrainableParameter::savedModule),
                    "savedModulesLearningRate: no module trains in full, got %s; name one in"
                        + " modulesToSave, or leave the rate out",
                    rate));
  }

  /** LoRA-FA speaks of s B A with a frozen A, and of nothing else. */
  private static void requirePairs(List<TrainableParameter> parameters, Faults faults) {
    for (TrainableParameter parameter : parameters) {
      ParameterRole role = parameter.role();
      faults.require(
          role != ParameterRole.EMBEDDING_A && role != ParameterRole.EMBEDDING_B,
          "parameter '%s': LoRA-FA does not apply to embedding adapters, whose A starts at zero and"
              + " would stay there; exclude the embedding",
          parameter.name());
      faults.require(
          role != ParameterRole.MAGNITUDE,
          "parameter '%s': LoRA-FA does not apply to DoRA; use another update rule",
          parameter.name());
      faults.require(
          role != ParameterRole.B || parameter.pair().isPresent(),
          "parameter '%s': LoRA-FA needs its A and scaling; see TrainableParameter.pairedWith",
          parameter.name());
    }
  }

  private static void requireDistinct(List<TrainableParameter> parameters, Faults faults) {
    Set<String> names = new LinkedHashSet<>();
    Map<Output<?>, String> owners = new HashMap<>();
    for (TrainableParameter parameter : parameters) {
      boolean newName = names.add(parameter.name());
      faults.require(newName, "parameter '%s': is given twice", parameter.name());
      String owner = owners.putIfAbsent(parameter.variable().asOutput(), parameter.name());
      faults.require(
          owner == null || !newName,
          "parameter '%s': its variable is the one of parameter '%s', so it would be in two groups",
          parameter.name(),
          owner);
    }
  }

  private static GroupMember member(
      TrainableParameter parameter, OptimizerConfig config, List<Pattern> patterns) {
    boolean decays =
        switch (parameter.role()) {
              case BIAS -> !config.decayExclusions().biases();
              case LAYER_NORM -> !config.decayExclusions().layerNorms();
              default -> true;
            }
            && patterns.stream().noneMatch(p -> p.matcher(parameter.name()).find());
    return new GroupMember(parameter, group(parameter, config, decays), decays);
  }

  private static ParameterGroup group(
      TrainableParameter parameter, OptimizerConfig config, boolean decays) {
    if (parameter.savedModule() && config.savedModulesLearningRate().isPresent()) {
      return ParameterGroup.SAVED_MODULES;
    }
    ParameterGroup b = decays ? ParameterGroup.B : ParameterGroup.B_NO_DECAY;
    return switch (parameter.role()) {
      case A, SAVED_WEIGHT -> ParameterGroup.A;
      case EMBEDDING_A, EMBEDDING_B -> ParameterGroup.EMBEDDING;
      case B, BIAS, LAYER_NORM -> b;
      // peft goes by the number of dimensions: the magnitude of a convolution is in group A.
      case MAGNITUDE, SCALE -> parameter.shape().numDimensions() > 1 ? ParameterGroup.A : b;
    };
  }
}
