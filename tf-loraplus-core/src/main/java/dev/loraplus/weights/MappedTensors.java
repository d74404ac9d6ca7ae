package dev.loraplus.weights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TFloat32;

/** The large tensors of a source as pages of its files; the others are copied. */
final class MappedTensors implements FrozenTensors {
  private static final Logger LOG = LoggerFactory.getLogger(MappedTensors.class);

  private final WeightSource source;
  private final Map<String, TFloat32> mapped = new HashMap<>();
  private final List<TFloat32> files = new ArrayList<>();

  /**
   * Maps the tensors that can be.
   *
   * @param source copies the others
   * @param wanted tensors that will be asked for
   */
  MappedTensors(WeightSource source, Collection<LocatedTensor> wanted) {
    this.source = source;
    Map<WeightFile, List<LocatedTensor>> byFile = new LinkedHashMap<>();
    for (LocatedTensor tensor : wanted) {
      if (FilePages.holds(tensor)) {
        byFile.computeIfAbsent(tensor.file(), file -> new ArrayList<>()).add(tensor);
      }
    }
    try {
      byFile.forEach(this::map);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void map(WeightFile file, List<LocatedTensor> tensors) {
    List<TFloat32> views;
    try {
      views = FilePages.of(file, tensors);
    } catch (TensorFlowException e) {
      // A file system without mappings, or no address space left: a copy works all the same.
      LOG.debug("{}: is not mapped: {}", file.path(), e.getMessage());
      return;
    }
    files.add(views.get(0));
    for (int i = 0; i < tensors.size(); i++) {
      mapped.put(tensors.get(i).tensor().name(), views.get(1 + i));
    }
    file.requireSame();
  }

  @Override
  public TFloat32 read(String name) {
    TFloat32 view = mapped.remove(name);
    return view == null ? source.read(name) : view;
  }

  @Override
  public void close() {
    mapped.values().forEach(TFloat32::close);
    mapped.clear();
    files.forEach(TFloat32::close);
    files.clear();
  }
}
