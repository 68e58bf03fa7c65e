namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The schema of a database at one moment, in canonical form: the same for databases that differ only in what is listed as left
/// out in docs/decisions/0003-schema-fingerprint.md (owners, column order, OIDs, data and the like).</summary>
public sealed class SchemaSnapshot
{
    private readonly Lazy<string> _fingerprint;

    /// <summary>Makes a snapshot of objects in any order.</summary>
    /// <param name="objects">The objects; each kind and identity once.</param>
    /// <exception cref="ArgumentException">Two objects have the same kind and identity, or an object the same property twice.</exception>
    public SchemaSnapshot(IEnumerable<SchemaObject> objects)
    {
        Objects = CanonicalOrder.Sort(objects);
        _fingerprint = new Lazy<string>(() => SchemaFingerprint.Of(Objects));
    }

    /// <summary>The objects, sorted by kind and then by identity.</summary>
    public IReadOnlyList<SchemaObject> Objects { get; }

    /// <summary>SHA-256 of the canonical form, 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>The snapshot as bytes to be stored: JSON, packed by gzip. Not canonical: compare fingerprints, not bytes.</summary>
    public byte[] ToBytes() => SnapshotFile.Write(this);

    /// <summary>The snapshot that <see cref="ToBytes"/> wrote.</summary>
    /// <param name="bytes">The stored bytes.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException"><see cref="SchemaErrors.SnapshotUnreadable"/>: the bytes are damaged or were
    /// written by a later Lockkeeper.</exception>
    public static SchemaSnapshot FromBytes(byte[] bytes) => SnapshotFile.Read(bytes);
}
