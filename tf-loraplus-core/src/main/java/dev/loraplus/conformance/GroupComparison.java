package dev.loraplus.conformance;

import dev.loraplus.conformance.RepeatedRun.Trained;
import dev.loraplus.optimizer.ParameterGroup;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether each parameter is in the group where peft has it. */
final class GroupComparison {
  /** The groups in the order in which peft gives them to torch. */
  static final List<ParameterGroup> PEFT_ORDER =
      List.of(
          ParameterGroup.A, ParameterGroup.EMBEDDING, ParameterGroup.B, ParameterGroup.B_NO_DECAY);

  private GroupComparison() {}

  /** The first difference; empty if there is none. */
  static Optional<String> difference(RecordedCase recorded, RepeatedRun run) {
    return recorded.isLoraFa() ? ofLoraFa(recorded, run) : ofLoraPlus(recorded, run);
  }

  private static Optional<String> ofLoraPlus(RecordedCase recorded, RepeatedRun run) {
    List<RecordedCase.Group> groups = recorded.groups();
    if (groups.size() != PEFT_ORDER.size()) {
      return Optional.of("there must be " + PEFT_ORDER.size() + ", got " + groups.size());
    }
    double decay = recorded.optimizer().decay();
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = PEFT_ORDER.get(i);
      List<Trained> ours =
          run.parameters().stream().filter(p -> p.member().group() == group).toList();
      Optional<String> difference =
          membership(group.label(), names(ours), new TreeSet<>(groups.get(i).names()))
              .or(() -> decay(group.label(), ours, decay, groups.get(PEFT_ORDER.indexOf(group))));
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  /** Of the one group, the parameters that have a gradient train. */
  private static Optional<String> ofLoraFa(RecordedCase recorded, RepeatedRun run) {
    RecordedCase.Group all = recorded.groups().get(0);
    Set<String> trained = new TreeSet<>(recorded.tensors("first_gradients").shapes().keySet());
    trained.retainAll(all.names());
    return membership("trained", names(run.parameters()), trained)
        .or(() -> decay("trained", run.parameters(), recorded.optimizer().decay(), all));
  }

  private static Set<String> names(List<Trained> parameters) {
    return parameters.stream()
        .map(Trained::nameInPeft)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<String> membership(String group, Set<String> ours, Set<String> theirs) {
    Set<String> missing = new TreeSet<>(theirs);
    missing.removeAll(ours);
    Set<String> added = new TreeSet<>(ours);
    added.removeAll(theirs);
    if (missing.isEmpty() && added.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            "group %s must have %s%s and not %s%s",
            group, first(missing), more(missing), first(added), more(added)));
  }

  private static String first(Set<String> names) {
    return names.stream().findFirst().orElse("(nothing else)");
  }

  private static String more(Set<String> names) {
    return names.size() > 1 ? " and " + (names.size() - 1) + " more" : "";
  }

  private static Optional<String> decay(
      String group, List<Trained> parameters, double decay, RecordedCase.Group expected) {
    return parameters.stream()
        .filter(p -> (p.member().decays() ? decay : 0) != expected.decay())
        .findFirst()
        .map(
            p ->
                String.format(
                    "the weight decay of %s in group %s must be %s, got %s",
                    p.nameInPeft(), group, expected.decay(), p.member().decays() ? decay : 0));
  }
}
