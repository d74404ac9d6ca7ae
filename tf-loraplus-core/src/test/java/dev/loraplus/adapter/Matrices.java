package dev.loraplus.adapter;

/** Small matrices in double precision, as loops. */
final class Matrices {
  private Matrices() {}

  static double[][] of(float[] values, int columns) {
    double[][] matrix = new double[values.length / columns][columns];
    for (int i = 0; i < values.length; i++) {
      matrix[i / columns][i % columns] = values[i];
    }
    return matrix;
  }

  static double[][] product(double[][] left, double[][] right) {
    double[][] result = new double[left.length][right[0].length];
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < right[0].length; j++) {
        for (int k = 0; k < right.length; k++) {
          result[i][j] += left[i][k] * right[k][j];
        }
      }
    }
    return result;
  }

  static double[][] transpose(double[][] matrix) {
    double[][] result = new double[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[0].length; j++) {
        result[j][i] = matrix[i][j];
      }
    }
    return result;
  }

  /** left + factor right. */
  static double[][] sum(double[][] left, double factor, double[][] right) {
    double[][] result = new double[left.length][left[0].length];
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < left[0].length; j++) {
        result[i][j] = left[i][j] + factor * right[i][j];
      }
    }
    return result;
  }

  static double[] rowNorms(double[][] matrix) {
    double[] norms = new double[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (double value : matrix[i]) {
        norms[i] += value * value;
      }
      norms[i] = Math.sqrt(norms[i]);
    }
    return norms;
  }

  static float[] floats(double[][] matrix) {
    float[] values = new float[matrix.length * matrix[0].length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
    }
    return values;
  }
}
