package dev.loraplus.optimizer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The model of {@link LoraProblem} with its gradients, written out by hand in double precision. */
final class Float64Lora {
  final Map<String, double[][]> parameters = new LinkedHashMap<>();
  private final double[][] embedding;
  private final double[][] weight;
  private final double[][] target;
  private final int[] ids;

  Float64Lora() {
    JsonNode fixture = Fixtures.trajectories();
    LoraProblem.NAMES.forEach(name -> parameters.put(name, matrix(fixture, name)));
    embedding = matrix(fixture, "embedding");
    weight = matrix(fixture, "weight");
    target = matrix(fixture, "target");
    ids = new int[target.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = fixture.get("ids").get(i).asInt();
    }
  }

  double[][] get(String name) {
    return requireNonNull(parameters.get(name));
  }

  /** The gradient of the loss by every parameter. */
  Map<String, double[][]> gradients() {
    double[][] embeddingB = get("embedding_B");
    double[] bias = get("bias")[0];
    double[] scale = get("scale")[0];
    int rows = ids.length;
    int outputs = bias.length;

    double[][] p = new double[rows][];
    for (int k = 0; k < rows; k++) {
      p[k] = column(get("embedding_A"), ids[k]);
    }
    double[][] h = times(p, transposed(embeddingB));
    for (int k = 0; k < rows; k++) {
      for (int j = 0; j < h[k].length; j++) {
        h[k][j] += embedding[ids[k]][j];
      }
    }
    double[][] u = times(h, transposed(get("A")));
    double[][] z = plus(times(h, transposed(weight)), times(u, transposed(get("B"))));

    double[][] dz = new double[rows][outputs];
    double[][] dBias = new double[1][outputs];
    double[][] dScale = new double[1][outputs];
    for (int k = 0; k < rows; k++) {
      for (int o = 0; o < outputs; o++) {
        double y = scale[o] * (z[k][o] + bias[o]);
        double dy = 2 * (y - target[k][o]) / (rows * outputs);
        dScale[0][o] += dy * (z[k][o] + bias[o]);
        dz[k][o] = dy * scale[o];
        dBias[0][o] += dz[k][o];
      }
    }
    double[][] du = times(dz, get("B"));
    double[][] dh = plus(times(dz, weight), times(du, get("A")));
    double[][] dp = times(dh, embeddingB);
    double[][] dEmbeddingA = new double[p[0].length][embedding.length];
    for (int k = 0; k < rows; k++) {
      for (int r = 0; r < dEmbeddingA.length; r++) {
        dEmbeddingA[r][ids[k]] += dp[k][r];
      }
    }
    Map<String, double[][]> gradients = new LinkedHashMap<>();
    gradients.put("embedding_A", dEmbeddingA);
    gradients.put("embedding_B", times(transposed(dh), p));
    gradients.put("A", times(transposed(du), h));
    gradients.put("B", times(transposed(dz), u));
    gradients.put("bias", dBias);
    gradients.put("scale", dScale);
    return gradients;
  }

  private static double[][] matrix(JsonNode fixture, String name) {
    JsonNode shape = fixture.get("shapes").get(name);
    double[] values = Fixtures.doubles(fixture.get("values").get(name));
    int columns = shape.get(shape.size() - 1).asInt();
    double[][] matrix = new double[values.length / columns][columns];
    for (int i = 0; i < values.length; i++) {
      matrix[i / columns][i % columns] = values[i];
    }
    return matrix;
  }

  private static double[] column(double[][] a, int j) {
    double[] column = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      column[i] = a[i][j];
    }
    return column;
  }

  private static double[][] transposed(double[][] a) {
    double[][] t = new double[a[0].length][];
    for (int j = 0; j < t.length; j++) {
      t[j] = column(a, j);
    }
    return t;
  }

  private static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[0].length; j++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  private static double[][] plus(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        sum[i][j] = a[i][j] + b[i][j];
      }
    }
    return sum;
  }
}
