using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The hash of the canonical form: every text with its length before it, so that no two different schemas give the same bytes.</summary>
internal static class SchemaFingerprint
{
    // Part of what is hashed: a later canonical form gets another name, and old fingerprints are then told apart from drift.
    private const string Form = "lockkeeper schema 1";

    public static string Of(IReadOnlyList<SchemaObject> objects)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1024];
        Append(Form);
        foreach (var item in objects)
        {
            Append(item.Kind);
            Append(item.Identity);
            BinaryPrimitives.WriteInt32BigEndian(buffer, item.Properties.Count);
            hash.AppendData(buffer, 0, 4);
            foreach (var property in item.Properties)
            {
                Append(property.Name);
                Append(property.Value);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            if (buffer.Length < length + 4) buffer = new byte[(length + 4) * 2];
            BinaryPrimitives.WriteInt32BigEndian(buffer, length);
            Encoding.UTF8.GetBytes(text, buffer.AsSpan(4));
            hash.AppendData(buffer, 0, length + 4);
        }
    }
}
