package dev.loraplus.savedmodel.plan;

import dev.loraplus.savedmodel.flat.FlatGraph;
import dev.loraplus.savedmodel.flat.FlatVariable;
import dev.loraplus.savedmodel.flat.TensorName;
import dev.loraplus.savedmodel.plan.GraphIndex.Edge;
import dev.loraplus.savedmodel.plan.Kernel.Source;
import dev.loraplus.savedmodel.plan.Target.WeightRead;
import dev.loraplus.savedmodel.plan.Target.Whole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Decides for every weight of a graph how it can carry an adapter. */
final class TargetFinder {
  private static final Set<DataType> FLOATING =
      Set.of(DataType.DT_FLOAT, DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_DOUBLE);

  private static final Set<DataType> NARROW = Set.of(DataType.DT_HALF, DataType.DT_BFLOAT16);

  /** Ops that read no numbers of a variable. */
  private static final Set<String> NO_READ =
      Set.of("VariableShape", "VarIsInitializedOp", "IsVariableInitialized");

  private static final Set<String> CONTROL_FLOW =
      Set.of("While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase", "Enter");

  private final FlatGraph flat;
  private final GraphIndex index;
  private final KernelTracer tracer;
  private final Map<String, String> refused = new LinkedHashMap<>();

  TargetFinder(FlatGraph flat, GraphIndex index) {
    this.flat = flat;
    this.index = index;
    this.tracer = new KernelTracer(index);
  }

  Inspection inspect() {
    List<Kernel> kernels = kernels();
    List<Target> found = new ArrayList<>();
    kernels.forEach(kernel -> target(kernel, found));
    refuseProductsOfTwo(found);
    Set<String> products = new HashSet<>();
    found.forEach(t -> t.uses().forEach(use -> products.add(use.node())));
    List<Target> targets = found.stream().map(t -> withPlace(t, products)).toList();
    return new Inspection(targets, refused, kernels);
  }

  /** In (W + D)(V + E) neither adapter alone knows of D E. */
  private void refuseProductsOfTwo(List<Target> found) {
    Map<String, Integer> takers = new HashMap<>();
    found.forEach(t -> t.uses().forEach(use -> takers.merge(use.node(), 1, Integer::sum)));
    found.removeIf(
        target ->
            target.uses().stream()
                .filter(use -> takers.getOrDefault(use.node(), 0) > 1)
                .findFirst()
                .map(use -> refused.put(target.kernel().path(), twoWeights(use)) == null)
                .orElse(false));
  }

  private static String twoWeights(KernelUse use) {
    return String.format("%s '%s' multiplies it with another weight", use.op(), use.node());
  }

  private List<Kernel> kernels() {
    List<Kernel> kernels = new ArrayList<>();
    for (FlatVariable variable : flat.variables()) {
      if (!variable.shape().isUnknown() && !variable.shape().hasUnknownDimension()) {
        kernels.add(
            new Kernel(
                Kernel.path(variable.name()),
                variable.node(),
                variable.resource() ? Source.RESOURCE : Source.REF,
                variable.dtype(),
                java.util.Objects.requireNonNull(variable.shape().toListOrNull())));
      }
    }
    for (NodeDef node : index.nodes().values()) {
      if (node.getOp().equals("Const")
          && FLOATING.contains(node.getAttrOrThrow("dtype").getType())) {
        index
            .knownShape(new TensorName(node.getName(), 0))
            .filter(shape -> shape.size() >= 2 && shape.stream().filter(d -> d > 1).count() >= 2)
            .ifPresent(
                shape ->
                    kernels.add(
                        new Kernel(
                            Kernel.path(node.getName()),
                            node.getName(),
                            Source.CONSTANT,
                            node.getAttrOrThrow("dtype").getType(),
                            shape)));
      }
    }
    return kernels;
  }

  private void target(Kernel kernel, List<Target> found) {
    if (!FLOATING.contains(kernel.dtype())) {
      refused.put(kernel.path(), "holds " + kernel.dtype() + ", not floating-point numbers");
      return;
    }
    if (kernel.shape().size() < 2) {
      refused.put(kernel.path(), "is no matrix, its shape is " + kernel.shape());
      return;
    }
    Gathered gathered = gather(kernel);
    if (!gathered.blocking().isEmpty()) {
      refused.put(kernel.path(), String.join("; ", gathered.blocking()));
    } else if (gathered.uses().isEmpty() && gathered.reads().isEmpty()) {
      refused.put(kernel.path(), "is never read");
    } else if (kernel.source() != Source.CONSTANT || !gathered.uses().isEmpty()) {
      found.add(chosen(kernel, gathered));
    }
  }

  /** What happens to a weight: uses by the value they come from. */
  private record Gathered(
      Map<TensorName, KernelTracer.Uses> reads, List<KernelUse> uses, List<String> blocking) {}

  private Gathered gather(Kernel kernel) {
    Gathered gathered = new Gathered(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    TensorName node = new TensorName(kernel.node(), 0);
    if (kernel.source() == Source.RESOURCE) {
      followHandle(node, kernel, gathered);
    } else {
      readAt(node, kernel, gathered);
    }
    gathered.reads().values().forEach(uses -> gathered.uses().addAll(uses.products()));
    return gathered;
  }

  private void followHandle(TensorName handle, Kernel kernel, Gathered gathered) {
    for (Edge edge : index.consumers(handle)) {
      NodeDef node = edge.node();
      TensorName value = new TensorName(node.getName(), 0);
      switch (node.getOp()) {
        case "ReadVariableOp" -> readAt(value, kernel, gathered);
        case "Identity" -> followHandle(value, kernel, gathered);
        case "ResourceGather" ->
            ProductReader.rows(node, AxisGroups.of(kernel.shape()))
                .use()
                .ifPresentOrElse(
                    gathered.uses()::add,
                    () -> gathered.blocking().add(blocked(node, "looks up in no matrix")));
        default -> {
          if (!NO_READ.contains(node.getOp())) {
            gathered.blocking().add(blocked(node, reason(node)));
          }
        }
      }
    }
  }

  private void readAt(TensorName value, Kernel kernel, Gathered gathered) {
    KernelTracer.Uses uses = tracer.uses(value, kernel.shape());
    gathered.reads().put(value, uses);
    uses.others().stream()
        .filter(other -> CONTROL_FLOW.stream().anyMatch(op -> other.startsWith(op + " ")))
        .forEach(other -> gathered.blocking().add(other + "; no gradient passes its body"));
  }

  private static String reason(NodeDef node) {
    return CONTROL_FLOW.contains(node.getOp())
        ? "reads the weight in its body, where no adapter can be added"
        : "takes the variable itself";
  }

  private static String blocked(NodeDef node, String reason) {
    return String.format("%s '%s' %s", node.getOp(), node.getName(), reason);
  }

  /**
   * The first lookup, or else the first product, says what A and B are. Uses that take the weight
   * another way get s B A as a whole.
   */
  private Target chosen(Kernel kernel, Gathered gathered) {
    List<KernelUse> uses = gathered.uses();
    KernelUse first =
        uses.stream()
            .filter(KernelUse::isLookup)
            .findFirst()
            .orElse(uses.isEmpty() ? null : uses.get(0));
    KernelView view = first == null ? lastAxisOut(kernel) : first.view();
    List<KernelUse> kept = new ArrayList<>();
    uses.stream().filter(use -> fromHandle(use, gathered)).forEach(kept::add);
    List<WeightRead> reads = new ArrayList<>();
    gathered
        .reads()
        .forEach(
            (value, found) -> {
              String reason = whole(found, view);
              if (!reason.isEmpty()) {
                reads.add(new WeightRead(value, "since " + reason));
              } else {
                kept.addAll(found.products());
              }
            });
    return new Target(
        kernel, view, first != null && first.isLookup(), kept, reads, false, whole(gathered));
  }

  private Whole whole(Gathered gathered) {
    List<TensorName> values =
        gathered.reads().entrySet().stream()
            .filter(read -> !read.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    List<KernelUse> rows =
        gathered.uses().stream().filter(use -> fromHandle(use, gathered)).toList();
    String narrowed =
        gathered.uses().stream()
            .filter(use -> NARROW.contains(type(use)))
            .findFirst()
            .map(use -> String.format("%s '%s' computes in %s", use.op(), use.node(), name(use)))
            .orElse("");
    return new Whole(values, rows, narrowed);
  }

  private DataType type(KernelUse use) {
    return index.output(new TensorName(use.node(), 0)).dataType();
  }

  private String name(KernelUse use) {
    return type(use) == DataType.DT_HALF ? "float16" : "bfloat16";
  }

  private static boolean fromHandle(KernelUse use, Gathered gathered) {
    return gathered.reads().values().stream().noneMatch(found -> found.products().contains(use));
  }

  /** Why a value needs s B A as a whole; empty if each of its uses can add its own part. */
  private static String whole(KernelTracer.Uses found, KernelView view) {
    if (!found.others().isEmpty()) {
      return found.others().get(0);
    }
    long nodes = found.products().stream().map(KernelUse::node).distinct().count();
    if (nodes < found.products().size()) {
      return "a product takes the weight twice";
    }
    return found.products().stream()
        .filter(use -> !use.view().equals(view))
        .findFirst()
        .map(
            use ->
                String.format("%s '%s' takes the weight another way round", use.op(), use.node()))
        .orElse("");
  }

  private static KernelView lastAxisOut(Kernel kernel) {
    int last = kernel.shape().size() - 1;
    return new KernelView(kernel.shape(), IntStream.range(0, last).boxed().toList(), List.of(last));
  }

  private Target withPlace(Target target, Set<String> products) {
    boolean last =
        !target.uses().isEmpty()
            && target.uses().stream()
                .allMatch(
                    use -> index.downstream(use.node()).stream().noneMatch(products::contains));
    return new Target(
        target.kernel(),
        target.view(),
        target.lookup(),
        target.uses(),
        target.reads(),
        last,
        target.whole());
  }
}
