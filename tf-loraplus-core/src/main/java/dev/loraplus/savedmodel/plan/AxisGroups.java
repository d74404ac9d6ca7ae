package dev.loraplus.savedmodel.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A kernel on its way to a product, through reshapes and transposes: for each axis of the tensor,
 * the axes of the kernel that it is made of.
 *
 * @param kernel sizes of the kernel's axes
 * @param groups kernel axes by axis of the tensor; axes of size 1 may be in none
 */
record AxisGroups(List<Long> kernel, List<List<Integer>> groups) {

  /** The kernel itself. */
  static AxisGroups of(List<Long> kernel) {
    return new AxisGroups(
        kernel, IntStream.range(0, kernel.size()).mapToObj(List::<Integer>of).toList());
  }

  /** The tensor after a transpose. */
  AxisGroups transposed(List<Integer> permutation) {
    return new AxisGroups(kernel, permutation.stream().map(groups::get).toList());
  }

  /** The tensor after a reshape; empty if it cuts through an axis. */
  Optional<AxisGroups> reshaped(List<Long> shape) {
    List<Integer> axes =
        groups.stream().flatMap(List::stream).filter(axis -> kernel.get(axis) != 1).toList();
    List<List<Integer>> cut = new ArrayList<>();
    int next = 0;
    for (long wanted : shape) {
      List<Integer> group = new ArrayList<>();
      long size = 1;
      while (size < wanted && next < axes.size()) {
        size *= kernel.get(axes.get(next));
        group.add(axes.get(next++));
      }
      if (size != wanted) {
        return Optional.empty();
      }
      cut.add(List.copyOf(group));
    }
    return next == axes.size()
        ? Optional.of(new AxisGroups(kernel, Collections.unmodifiableList(cut)))
        : Optional.empty();
  }

  /** The size of one axis of the tensor. */
  long size(int axis) {
    return groups.get(axis).stream().mapToLong(kernel::get).reduce(1, Math::multiplyExact);
  }

  int rank() {
    return groups.size();
  }

  /** The kernel as a matrix with some of the tensor's axes as its input and others as output. */
  KernelView view(List<Integer> in, List<Integer> out) {
    List<Integer> inAxes = in.stream().flatMap(axis -> groups.get(axis).stream()).toList();
    List<Integer> outAxes =
        new ArrayList<>(out.stream().flatMap(axis -> groups.get(axis).stream()).toList());
    IntStream.range(0, kernel.size())
        .filter(axis -> !inAxes.contains(axis) && !outAxes.contains(axis))
        .forEach(outAxes::add);
    return new KernelView(kernel, inAxes, outAxes);
  }
}
