package dev.loraplus.savedmodel.data;

import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableLongArray;
import java.util.List;
import org.tensorflow.ndarray.Shape;

/** What one example has under a name. */
sealed interface Cell {
  /** Sizes of its axes; unknown for a plain list whose shape only the model knows. */
  Shape shape();

  /** How many values there are. */
  int size();

  /** Numbers that may have fractions. */
  record Reals(Shape shape, ImmutableDoubleArray values) implements Cell {
    Reals(Shape shape, double... values) {
      this(shape, ImmutableDoubleArray.copyOf(values));
    }

    @Override
    public int size() {
      return values.length();
    }
  }

  /** Whole numbers. */
  record Wholes(Shape shape, ImmutableLongArray values) implements Cell {
    Wholes(Shape shape, long... values) {
      this(shape, ImmutableLongArray.copyOf(values));
    }

    @Override
    public int size() {
      return values.length();
    }
  }

  /** Texts or any bytes. */
  record Texts(Shape shape, List<byte[]> values) implements Cell {
    @Override
    public int size() {
      return values.size();
    }
  }
}
