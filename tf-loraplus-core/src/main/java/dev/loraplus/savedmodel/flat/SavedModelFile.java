package dev.loraplus.savedmodel.flat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * The file {@code saved_model.pb} of a SavedModel, parsed.
 *
 * @param directory the SavedModel
 * @param meta its graph for serving
 */
public record SavedModelFile(Path directory, MetaGraphDef meta) {
  /** The signature that Keras and most exporters write. */
  public static final String DEFAULT_SIGNATURE = "serving_default";

  private static final String FILE = "saved_model.pb";
  private static final String SERVE = "serve";

  /** Names the initialisation op among the signatures of TensorFlow 2. */
  static final String INIT_SIGNATURE = "__saved_model_init_op";

  /**
   * Reads a SavedModel's graph; the weights stay where they are.
   *
   * @param directory the SavedModel
   * @return its graph tagged {@code serve}, or without tags, or its only one
   * @throws SavedModelException if the file is missing or damaged, or no graph is for serving
   */
  public static SavedModelFile read(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      throw new SavedModelException(
          directory + ": is no SavedModel, the file " + FILE + " is missing");
    }
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream input = CodedInputStream.newInstance(stream);
      input.setSizeLimit(Integer.MAX_VALUE);
      return new SavedModelFile(directory, serving(file, SavedModel.parseFrom(input)));
    } catch (InvalidProtocolBufferException e) {
      throw new SavedModelException(file + ": damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new SavedModelException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * The signatures a user can call.
   *
   * @return by name
   */
  public Map<String, SignatureDef> signatures() {
    Map<String, SignatureDef> signatures = new TreeMap<>(meta.getSignatureDefMap());
    signatures.remove(INIT_SIGNATURE);
    return signatures;
  }

  /**
   * One of the signatures.
   *
   * @param name its name
   * @return inputs and outputs
   * @throws SavedModelException if there is none of that name, listing those that there are
   */
  public SignatureDef signature(String name) {
    SignatureDef signature = signatures().get(name);
    if (signature == null) {
      throw new SavedModelException(
          String.format(
              "%s: has no signature '%s'; it has %s", directory, name, signatures().keySet()));
    }
    return signature;
  }

  private static MetaGraphDef serving(Path file, SavedModel model) {
    List<MetaGraphDef> graphs = model.getMetaGraphsList();
    if (graphs.isEmpty()) {
      throw new SavedModelException(file + ": damaged: it holds no graph");
    }
    if (graphs.size() == 1) {
      return graphs.get(0);
    }
    // TensorFlow Hub's modules of TensorFlow 1 have no tag on the graph for inference.
    return Stream.of(List.of(SERVE), List.<String>of())
        .flatMap(tags -> graphs.stream().filter(graph -> tags(graph).equals(tags)))
        .findFirst()
        .orElseThrow(
            () ->
                new SavedModelException(
                    String.format(
                        "%s: none of its %d graphs is tagged '%s'; the tags are %s",
                        file,
                        graphs.size(),
                        SERVE,
                        graphs.stream().map(SavedModelFile::tags).toList())));
  }

  private static List<String> tags(MetaGraphDef graph) {
    return List.copyOf(graph.getMetaInfoDef().getTagsList());
  }
}
