namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>The file of a table or index, as the server keeps it: segments of 1 GB, the further ones with a number behind the name.</summary>
internal static class RelationFile
{
    private const long SegmentBytes = 1L << 30;

    /// <summary>Makes a relation at least so long, without taking room on the disk. The server asks the file for its length whenever a session begins to use it.</summary>
    /// <param name="path">Its first segment.</param>
    /// <param name="bytes">How long, a multiple of the page size.</param>
    /// <param name="owner">The server's user as user:group; empty for this one.</param>
    public static void Lengthen(string path, long bytes, string owner)
    {
        for (var segment = 0L; segment * SegmentBytes < bytes; segment++)
        {
            var name = segment == 0 ? path : $"{path}.{segment}";
            var wanted = Math.Min(SegmentBytes, bytes - (segment * SegmentBytes));
            var isNew = !File.Exists(name);
            using (var file = new FileStream(name, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
                if (file.Length < wanted)
                    file.SetLength(wanted);
            }

            if (isNew && owner.Length > 0)
                Unix.GiveTo(name, owner);
        }
    }
}
