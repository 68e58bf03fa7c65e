using System.Text.Json.Nodes;

namespace Lockkeeper.Migrate.Running;

/// <summary>What a target has to say of a step beside that it is done; it goes into the ledger with the step.</summary>
internal sealed class RunNotes
{
    private readonly List<(string Kind, JsonObject Body)> notes = [];

    /// <summary>Keeps a note.</summary>
    /// <param name="kind">The kind of the ledger's entry.</param>
    /// <param name="body">Its body.</param>
    public void Add(string kind, JsonObject body)
    {
        lock (notes)
            notes.Add((kind, body));
    }

    /// <summary>Those since the last call.</summary>
    public IReadOnlyList<(string Kind, JsonObject Body)> Take()
    {
        lock (notes)
        {
            var taken = notes.ToArray();
            notes.Clear();
            return taken;
        }
    }
}
