package dev.loraplus.serving;

/** Matrices as arrays, row by row. */
final class Floats {
  private Floats() {}

  static float[] scaled(float[] numbers, double factor) {
    float[] result = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      result[i] = (float) (factor * numbers[i]);
    }
    return result;
  }

  /** diag(factors) M. */
  static float[] scaledRows(float[] matrix, float[] factors) {
    float[] result = new float[matrix.length];
    int columns = matrix.length / factors.length;
    for (int i = 0; i < matrix.length; i++) {
      result[i] = factors[i / columns] * matrix[i];
    }
    return result;
  }

  /** The matrix with zeros to its right. */
  static float[] widened(float[] matrix, int columns, int wanted) {
    int rows = matrix.length / columns;
    float[] result = new float[rows * wanted];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(matrix, row * columns, result, row * wanted, columns);
    }
    return result;
  }
}
