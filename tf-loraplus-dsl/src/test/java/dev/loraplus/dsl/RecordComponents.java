package dev.loraplus.dsl;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds record components, nested ones included, that have the same value in two records. */
public final class RecordComponents {
  private RecordComponents() {}

  /** Paths such as {@code FineTuningConfig.lora.rank}; a record of another type differs. */
  public static List<String> equalIn(Record left, Record right) {
    List<String> equal = new ArrayList<>();
    compare(left.getClass().getSimpleName(), left, right, equal);
    return equal;
  }

  private static void compare(
      String path, @Nullable Object left, @Nullable Object right, List<String> equal) {
    if (left instanceof Record && right instanceof Record && left.getClass() == right.getClass()) {
      RecordComponent[] components = left.getClass().getRecordComponents();
      for (RecordComponent component : components) {
        compare(
            path + "." + component.getName(), get(component, left), get(component, right), equal);
      }
      if (components.length > 0) {
        return;
      }
    }
    if (Objects.equals(left, right)) {
      equal.add(path);
    }
  }

  private static @Nullable Object get(RecordComponent component, Object from) {
    try {
      return component.getAccessor().invoke(from);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot read " + component, e);
    }
  }
}
