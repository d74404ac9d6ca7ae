package dev.loraplus.gradient;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An op, its inputs and the derivatives that Python TensorFlow recorded (op_gradients.py). */
record OpCase(
    String name,
    String op,
    JsonNode attributes,
    List<List<CaseTensor>> inputs,
    List<Optional<CaseTensor>> weights,
    List<Optional<CaseTensor>> gradients) {

  static List<OpCase> all() {
    Path file = Path.of("src/test/resources/gradients/ops.json");
    try {
      List<OpCase> cases = new ArrayList<>();
      new ObjectMapper().readTree(file.toFile()).forEach(each -> cases.add(read(each)));
      return cases;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OpCase read(JsonNode json) {
    List<List<CaseTensor>> inputs = new ArrayList<>();
    for (JsonNode input : json.get("inputs")) {
      inputs.add(input.isArray() ? stream(input).toList() : List.of(CaseTensor.read(input)));
    }
    return new OpCase(
        json.get("name").asText(),
        json.get("op").asText(),
        json.get("attributes"),
        inputs,
        optional(json.get("weights")),
        optional(json.get("gradients")));
  }

  /** Whether input i of the op is a list of tensors. */
  boolean isList(int i) {
    return op.equals("IdentityN") && i == 0;
  }

  List<CaseTensor> flatInputs() {
    return inputs.stream().flatMap(List::stream).toList();
  }

  private static Stream<CaseTensor> stream(JsonNode tensors) {
    return StreamSupport.stream(tensors.spliterator(), false).map(CaseTensor::read);
  }

  private static List<Optional<CaseTensor>> optional(JsonNode tensors) {
    List<Optional<CaseTensor>> result = new ArrayList<>();
    for (JsonNode tensor : tensors) {
      result.add(tensor.isNull() ? Optional.empty() : Optional.of(CaseTensor.read(tensor)));
    }
    return result;
  }

  @Override
  public String toString() {
    return op + ": " + name;
  }
}
