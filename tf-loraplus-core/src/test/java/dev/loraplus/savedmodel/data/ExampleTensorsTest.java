package dev.loraplus.savedmodel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.data.TextFormat.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

class ExampleTensorsTest {
  private static final InputSpec VECTOR =
      new InputSpec("x", DataType.DT_FLOAT, Shape.of(2), Optional.empty());
  private static final InputSpec WORD =
      new InputSpec("word", DataType.DT_STRING, Shape.scalar(), Optional.empty());
  private static final InputSpec LABELS =
      new InputSpec("labels", DataType.DT_INT64, Shape.scalar(), Optional.of(new Limits(0, 2)));
  private static final List<InputSpec> SPECS = List.of(VECTOR, WORD, LABELS);

  @TempDir Path temporary;

  @Test
  void tableHasTextsNumbersAndArrays() throws IOException {
    Path file =
        file("a.tsv", "id\tword\tx\tlabels\n7\tso \"it\" is\t[1, 2.5]\t2\n8\tno\t[3,4]\t0\n");

    ExampleTensors examples = ExampleTensors.read(file, SPECS, DataFormat.byName());

    assertThat(examples.rows()).isEqualTo(2);
    assertThat(examples.unused()).containsExactly("id");
    Map<String, Tensor> batch = examples.batch(1, 0);
    TFloat32 x = (TFloat32) tensor(batch, "x");
    assertThat(x.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(x.getFloat(0, 1)).isEqualTo(4f);
    assertThat(x.getFloat(1, 1)).isEqualTo(2.5f);
    assertThat(((TString) tensor(batch, "word")).getObject(1)).isEqualTo("so \"it\" is");
    assertThat(((TInt64) tensor(batch, "labels")).getLong(1)).isEqualTo(2);
  }

  @Test
  void csvAndJsonLinesSayTheSame() throws IOException {
    ExampleTensors csv =
        ExampleTensors.read(
            file("a.csv", "word,x,labels\r\n\"a, b\",\"[1, 2]\",1\r\n"),
            SPECS,
            DataFormat.byName());
    ExampleTensors json =
        ExampleTensors.read(
            file("a.jsonl", "{\"word\": \"a, b\", \"x\": [1, 2], \"labels\": 1}\n"),
            SPECS,
            DataFormat.byName());

    assertThat(csv.fingerprint()).isEqualTo(json.fingerprint());
  }

  @Test
  void columnsAreChosenByPositionAndClassesByName() throws IOException {
    DataFormat format =
        new DataFormat(
            Header.NONE, Map.of("x", "1", "word", "0", "labels", "2"), List.of("a", "b", "c"));

    ExampleTensors examples = ExampleTensors.read(file("a.tsv", "hi\t[0, 1]\tc\n"), SPECS, format);

    assertThat(examples.numbers("labels", 0)).containsExactly(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]|0|'x': must have the shape [2], got [1]",
        "[1, null]|0|'x': must be a number, got 'null'",
        "[[1], [2, 3]]|0|'x': must be a full array, has both 1 and 2 values along axis 1",
        "[1, 1e99]|0|'x': must fit into float32, got 1.0E99 at position 1",
        "[1, 1e999]|0|'x': must be finite, got Infinity at position 1",
        "[1, NaN]|0|'x': must be a JSON array, got '[1, NaN]'",
        "[1, 2]|3|'labels': must be from 0 to 2, got 3",
        "[1, 2]|-1|'labels': must be from 0 to 2, got -1",
        "[1, 2]|1.5|'labels': must be whole numbers, got 1.5",
        "[1, 2]|yes|'labels': must be a number, got 'yes'",
      })
  void faultNamesFileLineInputRuleAndValue(String x, String label, String message)
      throws IOException {
    Path file = file("a.tsv", "word\tx\tlabels\nok\t[1, 2]\t1\nw\t" + x + "\t" + label + "\n");

    assertThatThrownBy(() -> ExampleTensors.read(file, SPECS, DataFormat.byName()))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ", line 3: " + message);
  }

  @Test
  void missingColumnAndUnknownInputAreErrors() throws IOException {
    Path file = file("a.tsv", "word\tlabels\nok\t1\n");
    DataFormat unknown = new DataFormat(Header.FIRST_LINE, Map.of("y", "word"), List.of());

    assertThatThrownBy(() -> ExampleTensors.read(file, SPECS, DataFormat.byName()))
        .hasMessageEndingWith("'x': there is no column 'x', the columns are [word, labels]");
    assertThatThrownBy(() -> ExampleTensors.read(file, SPECS, unknown))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("column of 'y': there is no such input; the inputs are [x, word, labels]");
    assertThatThrownBy(() -> ExampleTensors.read(Path.of("a.txt"), SPECS, DataFormat.byName()))
        .hasMessageContaining("must end in .npz, .tsv, .csv, .jsonl, .tfrecord or .tfrecord.gz");
  }

  @Test
  void examplesOfDifferentShapesAreAnError() throws IOException {
    InputSpec open = new InputSpec("x", DataType.DT_FLOAT, Shape.of(-1), Optional.empty());
    Path file = file("a.jsonl", "{\"x\": [1]}\n{\"x\": [1, 2]}\n");

    assertThatThrownBy(() -> ExampleTensors.read(file, List.of(open), DataFormat.byName()))
        .hasMessageContaining("line 2: 'x': must have the shape [1] as at ")
        .hasMessageContaining("got [2]; pad them");
  }

  @Test
  void tokenLabelsBelowZeroDoNotCount() {
    var output =
        TensorInfo.newBuilder()
            .setTensorShape(
                TensorShapeProto.newBuilder().addDim(dim(-1)).addDim(dim(-1)).addDim(dim(5)))
            .build();

    InputSpec labels = InputSpec.classes(output);

    assertThat(labels.shape().asArray()).containsExactly(-1);
    assertThat(labels.limits()).contains(new Limits(Double.NEGATIVE_INFINITY, 4));
  }

  private static TensorShapeProto.Dim dim(long size) {
    return TensorShapeProto.Dim.newBuilder().setSize(size).build();
  }

  private static Tensor tensor(Map<String, Tensor> batch, String key) {
    return Objects.requireNonNull(batch.get(key));
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(temporary.resolve(name), content);
  }
}
