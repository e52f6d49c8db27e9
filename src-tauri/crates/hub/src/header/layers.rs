//! What a model keeps in memory for a conversation, block by block, and how its weights are spread: what the header
//! says of the numbers, without what any engine makes of them.

use inglenook_engine::tensor_types::TensorType;

/// What one transformer block keeps of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Numbers that one token's keys take; 0 where the block keeps none.
    pub keys: u32,
    /// Numbers that one token's values take; 0 where the block keeps none.
    pub values: u32,
    /// Tokens that the block looks back; `None` where it sees the whole conversation.
    pub window_tokens: Option<u32>,
    /// Numbers that a conversation takes however long it is: the state of a recurrent layer.
    pub state: u64,
}

/// All blocks, and the widths that decide how much is held while computing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// One for each block that an answer passes through; empty where the header does not say enough.
    pub blocks: Vec<Block>,
    /// Length of the vector between blocks.
    pub embedding: u32,
    /// Query heads of the block that has most.
    pub heads: u32,
    /// Length of one query head, the longest.
    pub head_length: u32,
    /// The widest layer between two projections, experts that answer together counted together.
    pub feed_forward: u32,
    /// Experts of a block; 0 where it has none.
    pub experts: u32,
    /// Experts that a token passes through.
    pub experts_used: u32,
    /// Tokens that the model tells apart.
    pub vocabulary: u32,
    /// Rules by which its vocabulary joins letters to tokens; 0 where it has none, or another file has them.
    pub merges: u32,
}

impl Layers {
    /// Some block keeps a state, so that a conversation cannot be cut back to an earlier word.
    #[must_use]
    pub fn is_recurrent(&self) -> bool {
        self.blocks.iter().any(|block| block.state > 0)
    }
}

/// What a tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The table that turns tokens into vectors.
    Embeddings,
    /// The layer that turns vectors into the next token's chances.
    Output,
    /// Experts, of which a token passes through a few.
    Experts,
    /// All others.
    Blocks,
}

/// Tensors of one purpose that are stored alike, added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightSum {
    /// What they are for.
    pub group: Group,
    /// How they are stored; `None` where the format has no such types (safetensors).
    pub kind: Option<TensorType>,
    /// How many numbers.
    pub elements: u64,
    /// Bytes that these take.
    pub bytes: u64,
    /// Of them, bytes in matrices whose rows are a multiple of 8, as kernels with a layout of their own want them.
    pub in_eights_bytes: u64,
}

impl WeightSum {
    /// Adds a tensor to a list of sums.
    pub(crate) fn add(sums: &mut Vec<Self>, one: Self) {
        match sums.iter_mut().find(|sum| sum.group == one.group && sum.kind == one.kind) {
            Some(sum) => {
                sum.elements = sum.elements.saturating_add(one.elements);
                sum.bytes = sum.bytes.saturating_add(one.bytes);
                sum.in_eights_bytes = sum.in_eights_bytes.saturating_add(one.in_eights_bytes);
            }
            None => sums.push(one),
        }
    }
}
