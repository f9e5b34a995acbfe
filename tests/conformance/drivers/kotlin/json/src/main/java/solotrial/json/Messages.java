package solotrial.json;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** Messages of the API between bytes and JSON, by their names. */
public final class Messages {
  private final Map<String, Descriptor> messages = new HashMap<>();

  /** Of a FileDescriptorSet in which every file follows what it imports. */
  public Messages(InputStream descriptors) throws IOException, DescriptorValidationException {
    Map<String, FileDescriptor> files = new HashMap<>();
    for (FileDescriptorProto file : FileDescriptorSet.parseFrom(descriptors).getFileList()) {
      FileDescriptor[] imports =
          file.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      FileDescriptor built = FileDescriptor.buildFrom(file, imports);
      files.put(file.getName(), built);
      for (Descriptor message : built.getMessageTypes()) {
        messages.put(message.getName(), message);
      }
    }
  }

  public String toJson(String message, byte[] bytes) throws InvalidProtocolBufferException {
    return JsonFormat.printer()
        .omittingInsignificantWhitespace()
        .print(DynamicMessage.parseFrom(messages.get(message), bytes));
  }

  public byte[] toBytes(String message, String json) throws InvalidProtocolBufferException {
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(messages.get(message));
    JsonFormat.parser().merge(json, builder);
    return builder.build().toByteArray();
  }
}
