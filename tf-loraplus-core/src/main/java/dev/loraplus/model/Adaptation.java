package dev.loraplus.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** What an adapter may change while a network is built: the outputs of its modules. */
public interface Adaptation {
  /** Changes nothing. */
  Adaptation NONE =
      new Adaptation() {
        @Override
        public Operand<TFloat32> linear(
            Layers layers,
            ModuleSpec.Linear module,
            Operand<TFloat32> input,
            Operand<TFloat32> output) {
          return output;
        }

        @Override
        public Operand<TFloat32> embedding(
            Layers layers,
            ModuleSpec.Embedding module,
            Operand<? extends TNumber> indices,
            Operand<TFloat32> output) {
          return output;
        }
      };

  /**
   * The output of a linear module with its adapter, if it has one.
   *
   * @param layers the pass being built
   * @param module the module
   * @param input x, [rows, in]
   * @param output W0 x + b, [rows, out]
   * @return {@code output}, or it with the adapter's part added
   */
  Operand<TFloat32> linear(
      Layers layers, ModuleSpec.Linear module, Operand<TFloat32> input, Operand<TFloat32> output);

  /**
   * The outputs of linear modules that read the same input, with their adapters.
   *
   * @param layers the pass being built
   * @param modules the modules
   * @param input x, [rows, in]
   * @param outputs W0 x + b of each, [rows, out]
   * @return of each what {@link #linear} gives
   */
  default List<Operand<TFloat32>> linears(
      Layers layers,
      List<ModuleSpec.Linear> modules,
      Operand<TFloat32> input,
      List<Operand<TFloat32>> outputs) {
    List<Operand<TFloat32>> adapted = new ArrayList<>();
    for (int i = 0; i < modules.size(); i++) {
      adapted.add(linear(layers, modules.get(i), input, outputs.get(i)));
    }
    return adapted;
  }

  /**
   * The output of an embedding with its adapter, if it has one.
   *
   * @param layers the pass being built
   * @param module the module
   * @param indices row numbers, of any shape
   * @param output the rows, [..., dim]
   * @return {@code output}, or it with the adapter's part added
   */
  Operand<TFloat32> embedding(
      Layers layers,
      ModuleSpec.Embedding module,
      Operand<? extends TNumber> indices,
      Operand<TFloat32> output);

  /**
   * The value of a one-dimensional parameter where it meets x: of a norm, or of a bias outside any
   * linear module.
   *
   * @param layers the pass being built
   * @param name module path and parameter
   * @param value the base model's, [dim]
   * @param input x, [..., dim]
   * @return {@code value}, or what stands for it in each row of x, of the shape of x
   */
  default Operand<TFloat32> vector(
      Layers layers, String name, Operand<TFloat32> value, Operand<TFloat32> input) {
    return value;
  }
}
